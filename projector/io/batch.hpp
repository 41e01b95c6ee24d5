#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/io/dead_letters.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

// What a batch has changed, written within the transaction that the caller has opened.
namespace duel::projector {

// Where the state has come to with a batch that is complete, for the table `shards`. Once a batch.
template <class State>
void move_on(ShardPosition& position, State& state);

// Writes the position (checking the fence), homes, tables and dead letters; how long the rows of
// rankings took. Throws FencedOff, and ApplyAgain where only Postgres knew of a home or an old id.
template <class State>
std::chrono::steady_clock::duration write_batch(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position,
    State& state,
    const std::vector<DeadLetter>& letters,
    std::int64_t lag
);

}  // namespace duel::projector
