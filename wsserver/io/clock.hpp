#pragma once

// The one place where the server asks for the time.

#include "wsserver/streams/now.hpp"

namespace duel::wsserver {

inline Now clock_now() {
    return {
        std::chrono::steady_clock::now(),
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

}  // namespace duel::wsserver
