#include "wsserver/io/feed_progress.hpp"

#include <algorithm>

namespace duel::wsserver {

void FeedProgress::begin(std::int32_t partition, Now now) {
    const std::lock_guard lock{mutex_};
    places_[partition] = {.caught_up = now.steady};
}

void FeedProgress::handed(std::int32_t partition, std::int64_t next) {
    const std::lock_guard lock{mutex_};
    places_[partition].handed = next;
}

void FeedProgress::worked_off(std::int32_t partition, std::int64_t next, std::int64_t log_time_ms) {
    const std::lock_guard lock{mutex_};
    auto& place = places_[partition];
    place.done = std::max(place.done, next);
    place.log_time_ms = log_time_ms;
}

Duration FeedProgress::behind(std::int32_t partition, bool at_end, Now now) {
    const std::lock_guard lock{mutex_};
    auto& place = places_[partition];
    if (at_end && place.done >= place.handed) {
        place.caught_up = now.steady;
        return Duration::zero();
    }
    const Duration since = now.steady - place.caught_up;
    if (place.log_time_ms == 0) return since;
    const Duration age = now.wall - Timestamp{std::chrono::milliseconds{place.log_time_ms}};
    return std::clamp(age, Duration::zero(), since);
}

}  // namespace duel::wsserver
