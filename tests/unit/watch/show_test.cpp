#include "watch/show.hpp"

#include <catch2/catch.hpp>

namespace duel::watch {

TEST_CASE("amounts are rounded half away from zero and grouped", "[show]") {
    REQUIRE(amount_text("1234567.895", 2) == "1,234,567.90");
    REQUIRE(amount_text("-0.005", 2) == "-0.01");
    REQUIRE(amount_text("0.004999999999999999", 2) == "0.00");
    REQUIRE(amount_text("999.999", 2) == "1,000.00");
    REQUIRE(amount_text("12", 0) == "12");
    REQUIRE(amount_text("-123456", 1) == "-123,456.0");
    REQUIRE(amount_text("99999999999999999999.999999999999999999", 2).starts_with("99,999,"));
    REQUIRE(amount_text("none", 2) == "none");
}

TEST_CASE("exact amounts keep every place", "[show]") {
    REQUIRE(exact_text("0.000000000000000001") == "0.000000000000000001");
    REQUIRE(exact_text("12345.60") == "12,345.6");
    REQUIRE(exact_text("1e3") == "1,000");
}

TEST_CASE("percentages carry their sign", "[show]") {
    REQUIRE(percent_text("5.254") == "+5.25 %");
    REQUIRE(percent_text("-12.5") == "-12.50 %");
    REQUIRE(percent_text("0") == "+0.00 %");
}

TEST_CASE("names cannot drive the terminal", "[show]") {
    REQUIRE(clean("a\x1b[2Jb\n\x7f") == "a?[2Jb??");
    REQUIRE(
        clean("\xC2\x9B"
              "31m ü") == "?31m ü"
    );
}

TEST_CASE("text is cut and filled by characters, not bytes", "[show]") {
    REQUIRE(fitted("zoë", 5, Align::left) == "zoë  ");
    REQUIRE(fitted("zoë", 5, Align::right) == "  zoë");
    REQUIRE(fitted("zoëzoë", 4, Align::left) == "zoë…");
    REQUIRE(short_wallet("0x1234567890abcdef") == "0x12…cdef");
    REQUIRE(short_wallet("alice") == "alice");
}

TEST_CASE("times of the wire for the eye", "[show]") {
    REQUIRE(clock_text("2025-11-13T19:15:12.648Z") == "19:15:12");
    REQUIRE(clock_text("").empty());
    REQUIRE(span_text("3725") == "1:02:05");
}

}  // namespace duel::watch
