#pragma once

#include "core/time.hpp"

#include <chrono>
#include <optional>

namespace duel::projector {

// When contests are ranked: before the first record whose log time reaches the next whole multiple
// of the pace.
struct Pace {
    std::chrono::milliseconds pace{500};
    std::optional<Timestamp> point;  // the next multiple; empty before the first record
    bool silent{false};              // ranked in a silence before it: nothing is due at the point

    Timestamp after(Timestamp log_time) const {
        const auto since =
            std::chrono::floor<std::chrono::milliseconds>(log_time.time_since_epoch());
        return Timestamp{(since / pace + 1) * pace};
    }
};

}  // namespace duel::projector
