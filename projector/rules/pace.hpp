#pragma once

#include "core/time.hpp"
#include "projector/rules/happenings.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace duel::projector {

// When contests are ranked: every contest once in a pace, in turns, so that what a ranking writes
// does not come all at once. The pace is divided into as many slots as there are turns; a contest
// whose turn it is is ranked before the first record whose log time reaches the end of the slot.
struct Pace {
    std::chrono::milliseconds pace{500};
    std::optional<Timestamp> point;  // the end of the present slot; empty before the first record
    bool silent{false};  // all were ranked in a silence: nothing is due up to the next record

    bool is_reached(Timestamp log_time) const { return point && log_time >= *point; }

    // Whose turn it is at the ends of slots from the point up to that time, which has reached it.
    RankingDue due(Timestamp log_time) const {
        return {
            .first = point->time_since_epoch() / slot(), .slots = (log_time - *point) / slot() + 1};
    }
    // The end of the slot that the time lies in.
    Timestamp after(Timestamp log_time) const {
        return Timestamp{(log_time.time_since_epoch() / slot() + 1) * slot()};
    }

private:
    std::chrono::microseconds slot() const {
        return std::max(
            std::chrono::microseconds{pace} / RankingDue::kTurns, std::chrono::microseconds{1}
        );
    }
};

}  // namespace duel::projector
