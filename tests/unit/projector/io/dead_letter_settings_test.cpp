#include "projector/io/dead_letter_settings.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

TEST_CASE("the place of a record is written topic, partition and offset", "[dead-letters]") {
    const auto place = parse_place("trades/3:17");
    REQUIRE(place == RecordPlace{"trades", 3, 17});
    REQUIRE(text(*place) == "trades/3:17");
    REQUIRE(parse_place("prices/0:0") == RecordPlace{"prices", 0, 0});
}

TEST_CASE("what is no place of a record is not read as one", "[dead-letters]") {
    for (const char* wrong :
         {"",
          "trades",
          "trades/3",
          "trades:17",
          "trades:17/3",
          "/3:17",
          "trades/:17",
          "trades/3:",
          "trades/-1:17",
          "trades/3:-17",
          "trades/3:17 ",
          "trades/3:17:18",
          "feed/0:1",
          "Trades/3:17",
          "trades/99999999999:1",
          "trades/3:99999999999999999999"}) {
        INFO(wrong);
        CHECK_FALSE(parse_place(wrong));
    }
}

TEST_CASE("since is a time or how long ago", "[dead-letters]") {
    using Value = platform::SettingValue<Since>;
    REQUIRE(Value::text(*Value::read("2026-02-09T10:00:00Z")) == "2026-02-09T10:00:00Z");
    const auto hour = std::chrono::system_clock::now() - Value::read("1h")->at;
    REQUIRE((hour >= std::chrono::hours{1} && hour < std::chrono::minutes{61}));
    REQUIRE_FALSE(Value::read("yesterday"));
}

}  // namespace
}  // namespace duel::projector
