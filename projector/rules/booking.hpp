#pragma once

#include "core/amount.hpp"
#include "core/words.hpp"

// What a trade does to a portfolio: the formulas of cost, realized PnL and cash, in one place.
namespace duel::projector {

// The amounts of a portfolio and of its position in the traded symbol.
struct Holding {
    Amount cash;
    Amount portfolio_realized_pnl;
    Amount fees;

    Amount quantity;  // below zero: short
    Amount cost;      // same sign as the quantity
    Amount position_realized_pnl;
};

struct Fill {
    Side side{Side::buy};
    Amount amount;
    Amount price;
    Amount fee;
};

struct Booking {
    Holding after;
    Amount realized_pnl;  // of this trade
};

// Cash changes by amount × price, rounded once, and the fee. What grows a position adds to its
// cost; what shrinks it takes cost × closed ÷ quantity, the last part all of it, and books the
// proceeds less that as realized PnL. A trade that crosses zero closes first and opens with the
// rest of its value. Throws AmountOverflow where a result would reach 10^20; nothing has changed
// then.
Booking book(const Holding& before, const Fill& fill);

}  // namespace duel::projector
