#pragma once

#include "core/event.hpp"
#include "projector/rules/limits.hpp"
#include "projector/rules/state.hpp"
#include "projector/rules/verdict.hpp"

#include <cstdint>

namespace duel::projector {

// An empty system that takes events one after the other, each in the partition of its key. Nothing
// is stored: some 400 bytes a trade and 600 a minute of a symbol stay in memory, and the names that
// were asked for. One thread.
class Rehearsal {
public:
    explicit Rehearsal(const Limits& limits);

    // What becomes of the event after those before. `now` is when the broker would take it. Never
    // asks.
    Verdict take(Event event, Timestamp now);

private:
    Limits limits_;
    ContestState contests_;
    MarketState market_;
    std::int64_t taken_{0};
};

}  // namespace duel::projector
