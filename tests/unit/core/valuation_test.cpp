#include "core/valuation.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

Amount amount(std::string_view text) {
    return Amount::parse(text).value();
}
std::string text(std::optional<Amount> value) {
    return value ? value->text() : "none";
}

constexpr auto kGreatest = "99999999999999999999.999999999999999999";

}  // namespace

TEST_CASE("equity is cash and every position at its mark", "[valuation]") {
    REQUIRE(text(Equity{amount("100")}.value()) == "100");
    REQUIRE(
        text(Equity{amount("100")}
                 .add(amount("2"), amount("50.5"))
                 .add(amount("-1"), amount("30"))
                 .value()) == "171"
    );
}

TEST_CASE("products are rounded to 18 places before they are summed", "[valuation]") {
    const Amount unit = Amount::from_units(1);
    // Three halves of a unit: 3 when each is rounded, 2 if the sum were.
    Equity equity{Amount{}};
    for (int i = 0; i < 3; ++i)
        equity.add(unit, amount("0.5"));
    REQUIRE(equity.value()->units() == 3);
    Equity below{Amount{}};
    for (int i = 0; i < 3; ++i)
        below.add(-unit, amount("0.5"));
    REQUIRE(below.value()->units() == -3);
}

TEST_CASE("equity may leave the range on the way and come back", "[valuation]") {
    Equity equity{amount(kGreatest)};
    equity.add(amount(kGreatest), amount(kGreatest));
    REQUIRE(text(equity.value()) == "none");
    equity.add(amount("-99999999999999999999.999999999999999999"), amount(kGreatest));
    REQUIRE(text(equity.value()) == kGreatest);
    equity.add_cash(amount("0.000000000000000001"));
    REQUIRE(text(equity.value()) == "none");
}

TEST_CASE(
    "a mark that moves is taken out and put in again without a trace",
    "[valuation][property]"
) {
    std::mt19937_64 random{1};
    const auto some = [&] {
        return Amount::from_units(
            static_cast<Int128>(random()) * static_cast<Int128>(random() % 1'000)
        );
    };
    Equity equity{amount("12.5")};
    for (int i = 0; i < 10'000; ++i) {
        const Amount quantity = random() % 2 == 0 ? some() : -some();
        const Amount mark = some();
        equity.add(quantity, mark).remove(quantity, mark);
    }
    REQUIRE(text(equity.value()) == "12.5");
}

TEST_CASE("unrealized PnL is what closing at the mark would book", "[valuation]") {
    REQUIRE(text(unrealized_pnl(amount("2"), amount("200"), amount("110"))) == "20");
    REQUIRE(text(unrealized_pnl(amount("-2"), amount("-200"), amount("110"))) == "-20");
    REQUIRE(text(unrealized_pnl(Amount{}, Amount{}, amount("110"))) == "0");
    REQUIRE(text(unrealized_pnl(amount(kGreatest), amount(kGreatest), amount("2"))) == kGreatest);
    REQUIRE(text(unrealized_pnl(amount(kGreatest), amount("-1"), amount("1"))) == "none");
}

TEST_CASE("the average price is cost over quantity, and none when flat", "[valuation]") {
    REQUIRE(text(average_price(amount("3"), amount("100"))) == "33.333333333333333333");
    REQUIRE(text(average_price(amount("-3"), amount("-200"))) == "66.666666666666666667");
    REQUIRE(text(average_price(Amount{}, Amount{})) == "none");
    REQUIRE(text(average_price(Amount::from_units(1), amount("100"))) == "none");
}

TEST_CASE("performance is the gain in percent of what was put in", "[valuation]") {
    REQUIRE(text(performance(amount("110"), amount("100"))) == "10");
    REQUIRE(text(performance(amount("1"), amount("3"))) == "-66.666666666666666667");
    REQUIRE(text(performance(amount("-100"), amount("100"))) == "-200");
    REQUIRE(text(performance(amount("3"), amount("3"))) == "0");
}

TEST_CASE("where nothing was put in there is no performance", "[valuation]") {
    REQUIRE(text(performance(amount("10"), Amount{})) == "none");
    REQUIRE(text(performance(amount("10"), amount("-1"))) == "none");
}

TEST_CASE(
    "a performance that is out of range is none, one whose difference is out of range is right",
    "[valuation]"
) {
    REQUIRE(text(performance(amount(kGreatest), amount("1"))) == "none");
    REQUIRE(text(performance(-amount(kGreatest), amount(kGreatest))) == "-200");
    REQUIRE(text(performance(amount(kGreatest), Amount::from_units(1))) == "none");
}
