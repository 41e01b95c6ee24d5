#pragma once

#include "platform/kafka/client.hpp"
#include "projector/io/offsets.hpp"
#include "projector/rules/log_mark.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace duel::projector {

// The log does not have the offset that the shard stands at: only a person can decide what then.
struct LogMismatch : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Knows what was read of a log, so that another one of the same name is noticed before anything of
// it is handed over. Fetches go by name: after brokers refused one it may be another's.
class LogGuard {
public:
    LogGuard(
        platform::KafkaSettings kafka,
        std::string name,
        const Offsets& from,
        const LogMarks& marks
    );

    // The next record of a partition, which is the n-th of the offsets, in their order.
    void note(std::size_t n, const Place& place) {
        Partition& partition = partitions_[n];
        partition.noted = place.offset + 1;
        if (!partition.noted_mark)
            partition.noted_mark = {place.offset, place.log_time, place.log_time};
        partition.noted_mark->last_at = place.log_time;
    }

    // Looks at the log where it may have been replaced since the last look; false where that cannot
    // be told now. `interruptions` are those of all who read for it. Throws LogMismatch. Otherwise
    // what was noted so far counts as known.
    bool may_hand_over(std::uint64_t interruptions);

private:
    struct Partition {
        std::pair<Topic, std::int32_t> id;
        std::int64_t known;  // the offset after what was handed over
        std::optional<LogMark> known_mark;
        std::int64_t noted;
        std::optional<LogMark> noted_mark;
    };

    bool is_same_log();

    platform::KafkaSettings kafka_;
    std::string name_;
    std::vector<Partition> partitions_;
    std::uint64_t interruptions_{0};
};

}  // namespace duel::projector
