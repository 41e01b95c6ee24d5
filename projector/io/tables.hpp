#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/state.hpp"

#include <chrono>

// Writes what a state's tables list as changed, within the batch's transaction.
namespace duel::projector {

// How long the rows of rankings took.
std::chrono::steady_clock::duration
write_tables(platform::Connection& connection, ContestState& state);
std::chrono::steady_clock::duration
write_tables(platform::Connection& connection, MarketState& state);

}  // namespace duel::projector
