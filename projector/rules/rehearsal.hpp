#pragma once

#include "core/event.hpp"
#include "projector/rules/limits.hpp"
#include "projector/rules/state.hpp"
#include "projector/rules/verdict.hpp"

#include <cstdint>

namespace duel::projector {

// An empty system that takes events one after the other, as if each came to its partition: what the
// log before an event decides about it. Nothing is stored; all that was taken stays in memory,
// some 400 bytes a trade. One thread.
class Rehearsal {
public:
    explicit Rehearsal(const Limits& limits = {});

    // `now` is when the broker would take it. Never asks.
    Verdict take(const Event& event, Timestamp now);

private:
    template <class State>
    Verdict take(State& state, const Event& event, const Place& at);

    Limits limits_;
    ContestState contests_;
    MarketState market_;
    std::int64_t taken_{0};
};

}  // namespace duel::projector
