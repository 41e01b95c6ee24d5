#include "projector/rules/booking.hpp"

#include "core/wide.hpp"

namespace duel::projector {
namespace {

Amount within_range(const WideSum& sum) {
    if (const auto value = sum.value()) return *value;
    throw AmountOverflow("sum of 10^20 or more");
}

// What closing took from the position, and what was left of the trade's value.
struct Closing {
    Amount cost_taken;
    Amount realized_pnl;
    Amount rest;
};

// `flow` is what the closing trade brought in (sale) or cost (purchase, negative).
Closing close_all(const Holding& before, const Fill& fill, Amount value) {
    const Amount proceeds =
        abs(before.quantity) == fill.amount ? value : multiply(abs(before.quantity), fill.price);
    const Amount flow = fill.side == Side::sell ? proceeds : -proceeds;
    return {before.cost, flow - before.cost, value - proceeds};
}

Closing close_part(const Holding& before, const Fill& fill, Amount value) {
    const Amount taken = multiply_divide(before.cost, fill.amount, abs(before.quantity));
    const Amount flow = fill.side == Side::sell ? value : -value;
    return {taken, flow - taken, Amount{}};
}

}  // namespace

Booking book(const Holding& before, const Fill& fill) {
    const bool buys = fill.side == Side::buy;
    const Amount value = multiply(fill.amount, fill.price);
    const Amount moved = buys ? fill.amount : -fill.amount;
    const auto signed_cost = [buys](Amount opened) { return buys ? opened : -opened; };

    Booking booking{before, Amount{}};
    Holding& after = booking.after;
    after.quantity = before.quantity + moved;

    const bool shrinks = before.quantity.sign() * moved.sign() < 0;
    if (!shrinks) {
        after.cost = before.cost + signed_cost(value);
    } else if (fill.amount < abs(before.quantity)) {
        const Closing closing = close_part(before, fill, value);
        after.cost = before.cost - closing.cost_taken;
        booking.realized_pnl = closing.realized_pnl;
    } else {
        const Closing closing = close_all(before, fill, value);
        after.cost = signed_cost(closing.rest);
        booking.realized_pnl = closing.realized_pnl;
    }

    WideSum cash;
    cash.add(before.cash);
    cash.add(buys ? -value : value);
    cash.subtract(fill.fee);
    after.cash = within_range(cash);
    after.fees = before.fees + fill.fee;
    after.position_realized_pnl = before.position_realized_pnl + booking.realized_pnl;
    after.portfolio_realized_pnl = before.portfolio_realized_pnl + booking.realized_pnl;
    return booking;
}

}  // namespace duel::projector
