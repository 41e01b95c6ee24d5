#include "projector/rules/booking.hpp"

#include "core/amount.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace duel::projector {
namespace {

Amount amount(std::string_view text) {
    return Amount::parse(text).value();
}

Fill fill(
    Side side,
    std::string_view how_much,
    std::string_view price,
    std::string_view fee = "0"
) {
    return {side, amount(how_much), amount(price), amount(fee)};
}

std::string text(const Booking& booking) {
    return booking.after.quantity.text() + " cost " + booking.after.cost.text() + " realized " +
           booking.realized_pnl.text() + " cash " + booking.after.cash.text() + " fees " +
           booking.after.fees.text();
}

Holding holding(std::string_view quantity, std::string_view cost, std::string_view cash = "0") {
    Holding holding;
    holding.quantity = amount(quantity);
    holding.cost = amount(cost);
    holding.cash = amount(cash);
    return holding;
}

TEST_CASE("buying adds the value to the cost and takes it and the fee from cash", "[booking]") {
    const Booking first = book(holding("0", "0", "1000"), fill(Side::buy, "2", "100", "0.5"));
    REQUIRE(text(first) == "2 cost 200 realized 0 cash 799.5 fees 0.5");
    const Booking second = book(first.after, fill(Side::buy, "1", "130"));
    REQUIRE(text(second) == "3 cost 330 realized 0 cash 669.5 fees 0.5");
}

TEST_CASE("selling part of a position books realized PnL at its average cost", "[booking]") {
    REQUIRE(
        text(book(holding("3", "330"), fill(Side::sell, "1", "120"))) ==
        "2 cost 220 realized 10 cash 120 fees 0"
    );
}

TEST_CASE("the cost that a part takes is rounded once, the last part takes the rest", "[booking]") {
    const Booking part = book(holding("3", "1"), fill(Side::sell, "1", "1"));
    REQUIRE(
        text(part) == "2 cost 0.666666666666666667 realized 0.666666666666666667 cash 1 fees 0"
    );
    const Booking rest = book(part.after, fill(Side::sell, "2", "1"));
    REQUIRE(text(rest) == "0 cost 0 realized 1.333333333333333333 cash 3 fees 0");
    REQUIRE(rest.after.portfolio_realized_pnl == amount("2"));
}

TEST_CASE("a short position has a negative cost and gains when the price falls", "[booking]") {
    const Booking opened = book(holding("0", "0"), fill(Side::sell, "2", "100"));
    REQUIRE(text(opened) == "-2 cost -200 realized 0 cash 200 fees 0");
    REQUIRE(
        text(book(opened.after, fill(Side::buy, "1", "90"))) ==
        "-1 cost -100 realized 10 cash 110 fees 0"
    );
}

TEST_CASE("a trade that crosses zero closes first and opens the rest at its price", "[booking]") {
    REQUIRE(
        text(book(holding("2", "200"), fill(Side::sell, "5", "110"))) ==
        "-3 cost -330 realized 20 cash 550 fees 0"
    );
    REQUIRE(
        text(book(holding("-2", "-200"), fill(Side::buy, "5", "110"))) ==
        "3 cost 330 realized -20 cash -550 fees 0"
    );
}

TEST_CASE("crossing zero splits the value once rounded: nothing of it is lost", "[booking]") {
    // 0.000000000000000003 × 0.5 is rounded to 0.000000000000000002; the closed
    // 0.000000000000000001 brings 0.000000000000000001 of it, the opened part costs the rest.
    REQUIRE(
        text(book(holding("1e-18", "1e-18"), fill(Side::sell, "3e-18", "0.5"))) ==
        "-0.000000000000000002 cost -0.000000000000000001 realized 0 cash 0.000000000000000002 "
        "fees 0"
    );
}

TEST_CASE("negative cash is recorded, not refused", "[booking]") {
    REQUIRE(
        text(book(holding("0", "0", "10"), fill(Side::buy, "1", "100"))) ==
        "1 cost 100 realized 0 cash -90 fees 0"
    );
}

TEST_CASE("cash may leave the range on the way, not at the end", "[booking]") {
    const Holding rich = holding("0", "0", "99999999999999999999");
    REQUIRE(
        text(book(rich, fill(Side::sell, "10", "1", "10"))) ==
        "-10 cost -10 realized 0 cash 99999999999999999999 fees 10"
    );
    REQUIRE_THROWS_AS(book(rich, fill(Side::sell, "10", "1", "1")), AmountOverflow);
}

TEST_CASE("what cannot be held is refused: quantity, cost, fees, realized PnL", "[booking]") {
    const std::string_view most = "99999999999999999999";
    REQUIRE_THROWS_AS(book(holding(most, "1"), fill(Side::buy, "1", "1")), AmountOverflow);
    REQUIRE_THROWS_AS(book(holding("1", most), fill(Side::buy, "1", "1")), AmountOverflow);
    Holding paid = holding("0", "0");
    paid.fees = amount(most);
    REQUIRE_THROWS_AS(book(paid, fill(Side::buy, "1", "1", "1")), AmountOverflow);
    Holding lost = holding("-1", "-1", most);
    lost.portfolio_realized_pnl = -amount("2");
    REQUIRE_THROWS_AS(book(lost, fill(Side::buy, "1", most)), AmountOverflow);
}

}  // namespace
}  // namespace duel::projector
