#include "ingest/io/settings.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

using Speed = platform::SettingValue<NumberOr<Max>>;
using Start = platform::SettingValue<StartTime>;

}  // namespace

TEST_CASE("a speed is a number above 0 or max", "[settings]") {
    REQUIRE(Speed::read("2.5")->number == 2.5);
    REQUIRE(Speed::read("max")->number == std::nullopt);
    for (const char* wrong : {"0", "-1", "fast", "", "nan"})
        REQUIRE_FALSE(Speed::read(wrong));
    REQUIRE(Speed::text({}) == "max");
}

TEST_CASE("a start is a UTC time or now", "[settings]") {
    REQUIRE(Start::text(*Start::read("2025-11-13T19:15:12Z")) == "2025-11-13T19:15:12Z");
    REQUIRE(Start::read("now")->at == std::nullopt);
    REQUIRE_FALSE(Start::read("yesterday"));
}

TEST_CASE("a list may be given by commas, by repetition or both", "[settings]") {
    REQUIRE(
        split_list({"SOL,ETH", "BTC", ",SOL,"}) == std::vector<std::string>{"SOL", "ETH", "BTC"}
    );
    REQUIRE(split_list({""}).empty());
}
