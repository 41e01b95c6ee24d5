#pragma once

#include "core/time.hpp"
#include "projector/rules/place.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace duel::projector {

// Two records of a partition that a shard has applied, by which it knows the log again: the first,
// for a topic that was made anew has others from its beginning, and the last, for a log that was
// cut at its end has others from there on. The broker's clock tells records apart.
struct LogMark {
    std::int64_t first{0};  // its offset; the last's is the one before the next to apply
    Timestamp first_at;     // log times
    Timestamp last_at;

    friend bool operator==(const LogMark&, const LogMark&) = default;
};

using LogMarks = std::map<std::pair<Topic, std::int32_t>, LogMark>;

inline LogMark& note(LogMarks& marks, const Place& place) {
    const LogMark fresh{place.offset, place.log_time, place.log_time};
    const auto [mark, is_new] = marks.try_emplace({place.topic, place.partition}, fresh);
    mark->second.last_at = place.log_time;
    return mark->second;
}

// A partition as the log has it now.
struct LogNow {
    std::int64_t begin{0};  // offset of the first record that is there
    std::int64_t end{0};    // and of the next one that will be written
    // Log times of the records at the offsets of the mark, where there are such records.
    std::optional<Timestamp> first_at{};
    std::optional<Timestamp> last_at{};
};

// Why the partition is not the one that a shard read up to `offset`, or does not hold what comes
// next; nothing where it is and does. Records that were applied may be gone, as retention has it.
std::optional<std::string>
difference(std::int64_t offset, const std::optional<LogMark>& mark, const LogNow& now);

}  // namespace duel::projector
