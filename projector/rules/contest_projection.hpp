#pragma once

#include "projector/rules/acceptance.hpp"

namespace duel::projector {

// Contests from their announcement to their end: status, rounds, times.
class ContestProjection {
public:
    void on(const ContestCreated& event, Step& step);
    void on(const ContestStarted& event, Step& step);
    void on(const RoundStarted& event, Step& step);
    void on(const ContestCompleted& event, Step& step);
    void on(const ContestCancelled& event, Step& step);

    auto tables() { return std::tie(); }
};

}  // namespace duel::projector
