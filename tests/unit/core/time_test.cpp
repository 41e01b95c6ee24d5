#include "core/time.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

std::string parsed(std::string_view iso) {
    const auto at = parse_timestamp(iso);
    return at ? text(*at) : "refused";
}

Timestamp microseconds(std::int64_t count) {
    return Timestamp{std::chrono::microseconds{count}};
}

}  // namespace

TEST_CASE("a time prints with no, 3 or 6 digits of a second", "[time]") {
    REQUIRE(text(microseconds(0)) == "1970-01-01T00:00:00Z");
    REQUIRE(text(microseconds(1'763'061'312'648'000)) == "2025-11-13T19:15:12.648Z");
    REQUIRE(text(microseconds(1'763'061'312'600'000)) == "2025-11-13T19:15:12.600Z");
    REQUIRE(text(microseconds(1'763'061'312'000'001)) == "2025-11-13T19:15:12.000001Z");
}

TEST_CASE("ISO-8601 in UTC with a time of day is read", "[time]") {
    REQUIRE(parsed("2025-11-13T19:15:12.648Z") == "2025-11-13T19:15:12.648Z");
    REQUIRE(parsed("2025-11-13T19:15:12+00:00") == "2025-11-13T19:15:12Z");
    REQUIRE(parsed("2025-11-13T19:15Z") == "2025-11-13T19:15:00Z");
    REQUIRE(parsed("2025-11-13T19:15:12.1Z") == "2025-11-13T19:15:12.100Z");
    REQUIRE(parsed("2024-02-29T23:59:59.999999Z") == "2024-02-29T23:59:59.999999Z");
    REQUIRE(parsed("9999-12-31T23:59:59.999999Z") == "9999-12-31T23:59:59.999999Z");
}

TEST_CASE("digits past microseconds are cut, not rounded", "[time]") {
    REQUIRE(parsed("2025-11-13T19:15:12.123456789Z") == "2025-11-13T19:15:12.123456Z");
    REQUIRE(parsed("2025-12-31T23:59:59.9999999Z") == "2025-12-31T23:59:59.999999Z");
    REQUIRE(
        parsed("2025-11-13T19:15:12." + std::string(60'000, '9') + "Z") ==
        "2025-11-13T19:15:12.999999Z"
    );
}

TEST_CASE("what the calendar or the clock does not have is refused", "[time]") {
    for (const auto* iso :
         {"2025-02-29T00:00:00Z",
          "2100-02-29T00:00:00Z",
          "2025-04-31T00:00:00Z",
          "2025-00-01T00:00:00Z",
          "2025-13-01T00:00:00Z",
          "2025-01-00T00:00:00Z",
          "2025-01-32T00:00:00Z",
          "2025-01-01T24:00:00Z",
          "2025-01-01T00:60:00Z",
          "2016-12-31T23:59:60Z",
          "1969-12-31T23:59:59Z",
          "0000-01-01T00:00:00Z"}) {
        INFO(iso);
        REQUIRE(parsed(iso) == "refused");
    }
}

TEST_CASE("other forms, zones and missing parts are refused", "[time]") {
    for (const auto* iso :
         {"",
          "Z",
          "2025-11-13",
          "2025-11-13Z",
          "2025-11-13T19Z",
          "2025-11-13T19:15:12",
          "2025-11-13T19:15:12+01:00",
          "2025-11-13T19:15:12-00:00",
          "2025-11-13T19:15:12+0000",
          "2025-11-13 19:15:12Z",
          "2025-11-13T19:15:12.Z",
          "2025-11-13T19:15.5.5Z",
          "20251113T191512Z",
          "2025-11-13t19:15:12z",
          "+2025-11-13T19:15:12Z",
          "2025-11-13T19:15:12Z ",
          " 2025-11-13T19:15:12Z",
          "2025-1-13T19:15:12Z",
          "2025-11-13T19:15:12ZZ",
          "10000-01-01T00:00:00Z",
          "2025-11-13T19:15:1Z",
          "2025-11-13T19:15:",
          "2025-W46-4T19:15:12Z"}) {
        INFO(iso);
        REQUIRE(parsed(iso) == "refused");
    }
}

TEST_CASE("epoch milliseconds reach from 1970 to 9999", "[time]") {
    REQUIRE(text(from_epoch_ms(0).value()) == "1970-01-01T00:00:00Z");
    REQUIRE(text(from_epoch_ms(253'402'300'799'999).value()) == "9999-12-31T23:59:59.999Z");
    REQUIRE_FALSE(from_epoch_ms(-1).has_value());
    REQUIRE_FALSE(from_epoch_ms(253'402'300'800'000).has_value());
    REQUIRE_FALSE(from_epoch_ms(INT64_MAX).has_value());
    REQUIRE(from_epoch_ms(-1).error().value == "-1");
}

TEST_CASE("every time that prints is read back", "[time][property]") {
    std::mt19937_64 random{1};
    for (int i = 0; i < 100'000; ++i) {
        const Timestamp at =
            microseconds(static_cast<std::int64_t>(random() % 253'402'300'800'000'000));
        const auto back = parse_timestamp(text(at));
        if (!back || *back != at) FAIL(text(at));
    }
}
