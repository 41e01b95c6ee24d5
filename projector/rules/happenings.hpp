#pragma once

#include "core/time.hpp"

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
};

// The pace of rankings, or a silence of the log, asks for one.
struct RankingDue {};

// The batch is about to be written: the last chance to work out what was put off.
struct BatchEnding {};

}  // namespace duel::projector
