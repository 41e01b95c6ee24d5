#pragma once

#include "core/amount.hpp"
#include "core/wide.hpp"

#include <optional>

// What a portfolio is worth: the formulas of the analysts' views, digit for digit. The projector
// ranks with them and the WebSocket server shows with them. Products are rounded to 18 places
// before they are summed, quotients once. Empty where the value lies beyond numeric(38,18), as the
// views give null.
namespace duel {

// cash + Σ quantity × mark, summed wider than an amount: only the end result must fit, so the order
// of positions does not matter.
class Equity {
public:
    explicit Equity(Amount cash);

    Equity& add(Amount quantity, Amount mark);
    // Takes back what add() with the same two put in: for a mark that moves.
    Equity& remove(Amount quantity, Amount mark);
    Equity& add_cash(Amount cash);

    std::optional<Amount> value() const;

private:
    WideSum sum_;
};

// quantity × mark.
std::optional<Amount> position_value(Amount quantity, Amount mark);

// quantity × mark − cost. `quantity` and `cost` have the same sign; a short position gains when the
// mark falls.
std::optional<Amount> unrealized_pnl(Amount quantity, Amount cost, Amount mark);

// cost ÷ quantity; empty for a flat position.
std::optional<Amount> average_price(Amount quantity, Amount cost);

// (equity − put in) × 100 ÷ put in, in percent. Empty where nothing was put in, or nothing is left
// of it.
std::optional<Amount> performance(Amount equity, Amount put_in);

}  // namespace duel
