#pragma once

#include "platform/kafka/client.hpp"
#include "platform/postgres.hpp"
#include "platform/shutdown.hpp"
#include "projector/io/journal.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

// Projects the log once more into the tables of another model, in exactly the order of the first
// time: same rows, same ranking history.
namespace duel::projector {

// What the first time knew that is not in the log.
struct History {
    std::vector<JournalRow> journal;
    // Places of records that were refused because nobody had created their contest yet. Somebody
    // has since, in another partition, so by now the reason would be another one.
    std::set<std::pair<std::int32_t, std::int64_t>> unknown_contests;
};

History read_history(platform::Connection& connection, const ShardId& shard, std::int64_t seq = 0);

// Where a replay ends: after that record, or before the first that was logged after that time.
struct ReplayEnd {
    std::int64_t seq{0};
    bool is_silent{false};  // ranked in a silence after it
    std::optional<Timestamp> log_time{};
};

struct ReplaySettings {
    platform::KafkaSettings kafka;
    std::size_t batch_records{200'000};  // of one transaction
};

// One shard on its way; what is written can be gone on from. One thread.
class Replay {
public:
    // `connection` has the model's schema on its search path and must outlive it; the homes of the
    // first time stand there already. `applied` counts records for who wants to watch.
    static std::unique_ptr<Replay> make(
        const ReplaySettings& settings,
        const ShardId& shard,
        platform::Connection& connection,
        const std::string& epoch,
        std::atomic<std::int64_t>& applied
    );
    virtual ~Replay() = default;

    // False where it was asked to stop before the end. Throws LogMismatch.
    virtual bool run(const History& history, const ReplayEnd& end, const platform::Shutdown&) = 0;

    virtual std::int64_t seq() const = 0;
};

}  // namespace duel::projector
