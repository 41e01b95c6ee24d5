#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/io/log_marks.hpp"
#include "projector/io/offsets.hpp"
#include "projector/rules/limits.hpp"
#include "projector/rules/place.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

// In which order a shard met its records. Merging those of a stretch by (log time, topic,
// partition, offset) gives that order again; whatever departs from it begins a new stretch.
namespace duel::projector {

// A row of the table `journal`.
struct JournalRow {
    std::int64_t seq_from{1};
    std::int64_t seq_to{0};  // below seq_from while it is empty
    Offsets start;
    Offsets end;
    std::string cause;  // start, owner, late, silence, pace, loss; joined by +
    std::chrono::milliseconds pace{500};
    std::chrono::milliseconds future_limit{60'000};  // as Limits::future

    bool is_caused_by(std::string_view one) const { return cause.find(one) != std::string::npos; }
};

// The rows of a shard in order, from the one that holds the record after `seq`.
std::vector<JournalRow>
read_journal(platform::Connection& connection, const ShardId& shard, std::int64_t seq = 0);

// The stretches of pure order that this owner has not written yet, the last of them still growing.
class Journal {
public:
    // What the journal of the shard says so far; `cause` begins a stretch of its own.
    Journal(
        platform::Connection& connection,
        const ShardId& shard,
        const ShardPosition& position,
        const Limits& limits
    );
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    // A new stretch begins with the next record. Where nothing was consumed since the last one
    // began, that one gets the cause too.
    void begin(const std::string& cause, std::chrono::milliseconds pace);

    void consume(const Place& place) {
        ++seq_;
        if (!at_ || at_->first != std::pair{place.topic, place.partition}) find(place);
        at_->second = place.offset + 1;
        mark_->last_at = place.log_time;
    }
    const Offsets& next() const { return next_; }
    const LogMarks& log_marks() const { return log_marks_; }

    void write(platform::Pipeline& pipeline, const std::string& epoch);
    void settle();

private:
    struct Entry : JournalRow {
        bool stored{false};
    };

    void find(const Place& place);

    std::int16_t shard_;
    Limits limits_;
    std::int64_t seq_;
    Offsets next_;
    LogMarks log_marks_;
    Offsets::value_type* at_{nullptr};  // of the partition of the last record
    LogMark* mark_{nullptr};
    std::vector<Entry> rows_;
};

}  // namespace duel::projector
