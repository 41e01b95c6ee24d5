#pragma once

#include "core/time.hpp"
#include "core/topic.hpp"

#include <chrono>
#include <cstdint>

namespace duel::projector {

// Where a record stands in the log, and when the broker put it there.
struct Place {
    Topic topic{Topic::trades};
    std::int32_t partition{0};
    std::int64_t offset{0};
    Timestamp log_time;
};

// The whole minute that a time lies in.
constexpr Timestamp minute_of(Timestamp at) {
    return std::chrono::floor<std::chrono::minutes>(at);
}

}  // namespace duel::projector
