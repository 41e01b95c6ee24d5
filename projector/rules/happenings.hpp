#pragma once

#include "core/time.hpp"

#include <cstdint>

// What a shard does beside applying records; projections take these with on(), as they take events.
namespace duel::projector {

// "Now" is about to leave a whole minute: what holds is its history. Before the record that moves
// it.
struct MinuteLeft {
    Timestamp minute;
};

// "Now" lies in another minute: windows have moved. Still before the record that moved it.
struct MinuteEntered {
    Timestamp minute;
    Timestamp left;  // the one before, which may be long ago
};

// The pace of rankings, or a silence of the log, asks for those of some contests, or of all.
struct RankingDue {
    static constexpr std::int64_t kTurns = 8;

    std::int64_t first{0};       // slot whose turn it is
    std::int64_t slots{kTurns};  // so many, that one included

    // The number is any that stays the same for the contest.
    bool concerns(std::int64_t contest_no) const {
        // The multiplier of Fibonacci hashing (Knuth, TAOCP 3, 6.4): neighbours lie far apart.
        const auto turn = static_cast<std::int64_t>(
            (static_cast<std::uint64_t>(contest_no) * 0x9E3779B97F4A7C15U) >> 61U
        );
        return (turn - first % kTurns + kTurns) % kTurns < slots;
    }
};
static_assert(RankingDue::kTurns == 1 << 3, "as many as three bits tell apart");

// The batch is about to be written: the last chance to work out what was put off.
struct BatchEnding {};

}  // namespace duel::projector
