#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/rules/state.hpp"

#include <memory>

// Reads a shard's state back from its rows, as it was after the last commit.
//
// What the feed may not have told yet is listed as changed, without having to be written: telling
// and settling the state completes what a crash interrupted.
namespace duel::projector {

std::unique_ptr<ContestState> recover_contests(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position
);
std::unique_ptr<MarketState> recover_market(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position
);

}  // namespace duel::projector
