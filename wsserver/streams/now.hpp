#pragma once

// The time as the streams see it: handed in, never asked for.

#include "core/time.hpp"

#include <chrono>

namespace duel::wsserver {

using Instant = std::chrono::steady_clock::time_point;  // for pace and patience
using Duration = std::chrono::steady_clock::duration;

struct Now {
    Instant steady;
    Timestamp wall;  // for what messages say
};

}  // namespace duel::wsserver
