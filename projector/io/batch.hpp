#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/io/dead_letters.hpp"

#include <cstdint>
#include <vector>

// What a batch has changed, written within the transaction that the caller has opened: sent in one
// pipeline, to which the caller may add, and ended with what cannot be part of one.
namespace duel::projector {

// Where the state has come to with a batch that is complete, for the table `shards`. Once a batch.
template <class State>
void move_on(ShardPosition& position, State& state);

// Sends the position (checking the fence), claims of homes and the tables; which part of their rows
// belongs to rankings, from 0 to 1.
template <class State>
double send_batch(
    platform::Pipeline& pipeline,
    const ShardId& shard,
    const ShardPosition& position,
    State& state,
    std::int64_t lag
);

// Finishes the pipeline and writes the rest. Throws FencedOff, and ApplyAgain where
// only Postgres knew of a home or an old id.
template <class State>
void end_batch(
    platform::Pipeline& pipeline,
    const ShardId& shard,
    State& state,
    const std::vector<DeadLetter>& letters
);

}  // namespace duel::projector
