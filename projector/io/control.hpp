#pragma once

#include "core/time.hpp"
#include "platform/postgres.hpp"
#include "projector/io/log_marks.hpp"
#include "projector/io/offsets.hpp"
#include "projector/rules/pace.hpp"
#include "projector/rules/place.hpp"
#include "projector/rules/shard.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

// Where a shard stands, as the tables `shards` and `journal` have it, and who owns it.
namespace duel::projector {

// Another owner has taken the shard since: this one writes nothing any more.
struct FencedOff : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct NotMigrated : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Model {
    std::string schema;
    std::string epoch;
};

// The model that is active. Throws SettingError-like std::runtime_error where the tables are
// missing.
Model active_model(platform::Connection& connection);

// Where a shard stands.
struct ShardPosition {
    std::string epoch;
    Offsets offsets;
    LogMarks log_marks;
    std::int64_t seq{0};
    std::int64_t fence{0};
    std::int64_t published_seq{0};
    std::int64_t next_no{1};
    std::optional<Timestamp> now;
    Pace pace;
    bool is_new{false};    // it never consumed anything
    bool is_lossy{false};  // records were given up on purpose: it stands after them
};

// Makes the shard this owner's: raises its fence, which ends every earlier owner's writing. A shard
// that has no row yet gets one, standing nowhere.
ShardPosition take_shard(
    platform::Connection& connection,
    const ShardId& shard,
    const std::string& owner,
    const std::string& epoch
);

// The stretches of pure order that this owner has not written yet, the last of them still growing.
class Journal {
public:
    // What the journal of the shard says so far; `cause` begins a stretch of its own.
    Journal(platform::Connection& connection, const ShardId& shard, const ShardPosition& position);

    // A new stretch begins with the next record. Where nothing was consumed since the last one
    // began, that one gets the cause too.
    void begin(const std::string& cause, std::chrono::milliseconds pace);

    void consume(const Place& place) {
        ++seq_;
        next_[{place.topic, place.partition}] = place.offset + 1;
        note(log_marks_, place);
    }
    const Offsets& next() const { return next_; }
    const LogMarks& log_marks() const { return log_marks_; }

    void write(platform::Connection& connection, const std::string& epoch);
    void settle();

private:
    struct Entry {
        std::int64_t seq_from;
        std::int64_t seq_to;
        Offsets start;
        Offsets end;
        std::string cause;
        std::chrono::milliseconds pace;
        bool stored{false};
    };

    std::int16_t shard_;
    std::int64_t seq_;
    Offsets next_;
    LogMarks log_marks_;
    std::vector<Entry> rows_;
};

// Throws FencedOff where the shard was taken since.
void check_fence(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position
);

// Checks the fence and notes where the shard stands, within the batch's transaction.
void write_position(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position,
    std::int64_t lag
);

}  // namespace duel::projector
