#pragma once

#include "platform/postgres.hpp"
#include "projector/io/arrival.hpp"
#include "projector/rules/limits.hpp"
#include "projector/rules/verdict.hpp"

#include <cstddef>

namespace duel::projector {

// Applies the record at inputs[chunk][index]. Where Postgres has to be asked first, it is asked for
// this record and, while at it, for all that follow in the batch.
template <class State>
Verdict decide(
    platform::Connection& connection,
    State& state,
    const Inputs& inputs,
    std::size_t chunk,
    std::size_t index,
    const Limits& limits
);

}  // namespace duel::projector
