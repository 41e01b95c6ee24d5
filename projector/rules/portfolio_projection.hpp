#pragma once

#include "projector/rules/acceptance.hpp"

namespace duel::projector {

// What each wallet owns and what it paid for it: cash, positions, costs, realized PnL, fees, what
// was put in. The formulas are in booking.hpp, and acceptance has worked them out before anything
// changes.
//
// A wallet's first trade or transfer outside contests opens its main portfolio, with nothing in it.
class PortfolioProjection {
public:
    void on(const Trade& event, Step& step);
    void on(const Deposit& event, Step& step);
    void on(const Withdrawal& event, Step& step);

    auto tables() { return std::tie(); }

private:
    static void put_in(Amount amount, Step& step);
};

}  // namespace duel::projector
