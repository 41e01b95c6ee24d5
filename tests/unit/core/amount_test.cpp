#include "core/amount.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace duel;  // NOLINT(google-build-using-namespace): the tests speak of nothing else

namespace {

Amount amount(std::string_view text) {
    return Amount::parse(text).value();
}

// What parsing makes of a text: the number printed again, or what was wanted.
std::string parsed(std::string_view text) {
    const auto result = Amount::parse(text);
    return result ? result->text() : result.error().wanted;
}

constexpr auto kNoNumber = "a JSON number, or a text with the grammar of one";
constexpr auto kTooManyPlaces = "a number with at most 18 decimal places";
constexpr auto kOutOfRange = "a number below 10^20";
constexpr auto kGreatest = "99999999999999999999.999999999999999999";

}  // namespace

TEST_CASE("an amount prints as its shortest exact decimal", "[amount]") {
    REQUIRE(Amount{}.text() == "0");
    REQUIRE(Amount::from_integer(-12).text() == "-12");
    REQUIRE(Amount::from_units(1).text() == "0.000000000000000001");
    REQUIRE(Amount::from_units(-Amount::kUnitsPerOne / 2).text() == "-0.5");
    REQUIRE(Amount::from_units(Amount::kLimit - 1).text() == kGreatest);
    REQUIRE(Amount::from_integer(INT64_MIN).text() == "-9223372036854775808");
    REQUIRE(amount("10").text() == "10");
    REQUIRE(amount("100.0100").text() == "100.01");
}

TEST_CASE("parsing follows the grammar of a JSON number", "[amount]") {
    REQUIRE(parsed("0") == "0");
    REQUIRE(parsed("-0") == "0");
    REQUIRE(parsed("-0.0e-0") == "0");
    REQUIRE(parsed("147.0825") == "147.0825");
    REQUIRE(parsed("1e-3") == "0.001");
    REQUIRE(parsed("1E+3") == "1000");
    REQUIRE(parsed("12.5e1") == "125");
    REQUIRE(parsed("0.00012e4") == "1.2");
    for (const auto* text : {"",    "-",     "+1",  ".5",       "1.",  "01",    "-01", "00",
                             "1e",  "1e+",   "e5",  " 1",       "1 ",  "1.2.3", "0x1", "1,5",
                             "--1", "1e1.5", "NaN", "Infinity", "1_0", "1.e5",  "-.5", "1e 5"}) {
        INFO(text);
        REQUIRE(parsed(text) == kNoNumber);
    }
    REQUIRE(parsed(std::string_view{"1\0", 2}) == kNoNumber);
}

TEST_CASE(
    "parsing is exact up to 18 places and below 10^20, and says which of the two is broken",
    "[amount]"
) {
    REQUIRE(parsed(kGreatest) == kGreatest);
    REQUIRE(
        parsed("-99999999999999999999.999999999999999999") ==
        "-99999999999999999999.999999999999999999"
    );
    REQUIRE(parsed("100000000000000000000") == kOutOfRange);
    REQUIRE(parsed("-1e20") == kOutOfRange);
    REQUIRE(parsed("99999999999999999999e1") == kOutOfRange);
    REQUIRE(parsed("1e19") == "10000000000000000000");
    REQUIRE(parsed("1e-18") == "0.000000000000000001");
    REQUIRE(parsed("1e-19") == kTooManyPlaces);
    REQUIRE(parsed("0.1234567890123456789") == kTooManyPlaces);
    REQUIRE(parsed("123456789012345678901234567890.5") == kOutOfRange);
    REQUIRE(parsed("1.0000000000000000000000000000000000000000000000000001") == kTooManyPlaces);
}

TEST_CASE("trailing zeros are no places and an exponent may undo them", "[amount]") {
    REQUIRE(parsed("1.50000000000000000000000000000000000000000000000000") == "1.5");
    REQUIRE(parsed("1" + std::string(100, '0') + "e-100") == "1");
    REQUIRE(parsed("0." + std::string(100, '0') + "1e101") == "1");
    REQUIRE(parsed("0e999999999999999999999999") == "0");
}

TEST_CASE("an exponent of any size is refused at once", "[amount]") {
    REQUIRE(parsed("1e999999999") == kOutOfRange);
    REQUIRE(parsed("1e-999999999") == kTooManyPlaces);
    REQUIRE(parsed("1e" + std::string(60'000, '9')) == kOutOfRange);
    REQUIRE(parsed(std::string(60'000, '9') + "e-59999") == kTooManyPlaces);
}

TEST_CASE("a refused number is quoted, cut at 80 characters", "[amount]") {
    const auto error = Amount::parse(std::string(200, '9')).error();
    REQUIRE(text(error.code) == "INVALID_FIELD");
    REQUIRE(error.value == std::string(79, '9') + "…");
}

TEST_CASE("sums are exact and overflow is an error, never a wrap", "[amount]") {
    REQUIRE((amount("0.1") + amount("0.2")).text() == "0.3");
    REQUIRE((amount("1") - amount("1.000000000000000001")).text() == "-0.000000000000000001");
    REQUIRE((amount(kGreatest) - amount(kGreatest)).is_zero());
    REQUIRE_THROWS_AS(amount(kGreatest) + amount("0.000000000000000001"), AmountOverflow);
    REQUIRE_THROWS_AS(amount(kGreatest) + amount(kGreatest), AmountOverflow);
    REQUIRE_THROWS_AS(-amount(kGreatest) - amount(kGreatest), AmountOverflow);
    REQUIRE_THROWS_AS(Amount::from_units(Amount::kLimit), AmountOverflow);
    REQUIRE_THROWS_AS(Amount::from_units(-Amount::kLimit), AmountOverflow);
}

TEST_CASE("products and quotients round once, half away from zero", "[amount]") {
    const Amount unit = Amount::from_units(1);
    REQUIRE(multiply(amount("12.5"), amount("147.0825")).text() == "1838.53125");
    REQUIRE(multiply(unit, amount("0.5")) == unit);
    REQUIRE(multiply(-unit, amount("0.5")) == -unit);
    REQUIRE(multiply(unit, amount("0.499999999999999999")).is_zero());
    REQUIRE(divide(amount("1"), amount("3")).text() == "0.333333333333333333");
    REQUIRE(divide(amount("-2"), amount("3")).text() == "-0.666666666666666667");
    REQUIRE(divide(unit, amount("2")) == unit);
    REQUIRE(divide(amount("10"), amount("-4")).text() == "-2.5");
    REQUIRE(
        multiply_divide(amount("10"), amount("1"), amount("3")).text() == "3.333333333333333333"
    );
    REQUIRE(
        multiply_divide(amount(kGreatest), amount(kGreatest), amount(kGreatest)).text() == kGreatest
    );
    REQUIRE(multiply_divide(amount("-7"), unit, amount("-2")).units() == 4);
}

TEST_CASE("a product or quotient of 10^20 or more, and a division by zero, throw", "[amount]") {
    REQUIRE_THROWS_AS(multiply(amount("1e10"), amount("1e10")), AmountOverflow);
    REQUIRE_THROWS_AS(multiply(amount(kGreatest), amount(kGreatest)), AmountOverflow);
    REQUIRE_THROWS_AS(multiply(amount(kGreatest), amount("1.000000000000000001")), AmountOverflow);
    REQUIRE_THROWS_AS(divide(amount("100"), Amount::from_units(1)), AmountOverflow);
    REQUIRE_THROWS_AS(divide(amount("1"), Amount{}), AmountOverflow);
    REQUIRE_THROWS_AS(divide(Amount{}, Amount{}), AmountOverflow);
    REQUIRE_THROWS_AS(multiply_divide(amount("1"), amount("1"), Amount{}), AmountOverflow);
    // Rounding can carry into the range's end.
    REQUIRE_THROWS_AS(
        multiply(Amount::from_units(Amount::kLimit / 5 - 1), amount("5.00000000000000001")),
        AmountOverflow
    );
}

TEST_CASE("amounts compare by value", "[amount]") {
    REQUIRE(amount("1.50") == amount("15e-1"));
    REQUIRE(amount("-1") < amount("0"));
    REQUIRE(abs(amount("-1.5")) == amount("1.5"));
    REQUIRE(amount("-1").sign() == -1);
    REQUIRE(Amount{}.sign() == 0);
}
