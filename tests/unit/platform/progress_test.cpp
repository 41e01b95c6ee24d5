#include "platform/progress.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using namespace duel::platform;

TEST_CASE("progress says events, part, rate and remaining time", "[progress]") {
    REQUIRE(
        text(Progress{.events = 61'000, .elapsed = 3s, .fraction = 0.5}) ==
        "61,000 events, 50 %, 20,333/s, 0:03 left"
    );
}

TEST_CASE("progress without an end says neither part nor remaining time", "[progress]") {
    REQUIRE(text(Progress{.events = 1'200, .elapsed = 60s}) == "1,200 events, 20/s");
}

TEST_CASE("progress counts what was refused", "[progress]") {
    REQUIRE(
        text(Progress{.events = 10, .refused = 2, .elapsed = 1s, .fraction = 1.0}) ==
        "10 events, 100 %, 10/s, 0:00 left, 2 refused"
    );
}

TEST_CASE("the first moments give no estimate", "[progress]") {
    REQUIRE(
        text(Progress{.events = 5, .elapsed = 100ms, .fraction = 0.1}) == "5 events, 10 %, 50/s"
    );
    REQUIRE(text(Progress{}) == "0 events");
}

TEST_CASE("the bar is as full as the part that is done", "[progress]") {
    const Progress half{.events = 10, .elapsed = 100ms, .fraction = 0.5};
    REQUIRE(bar(half, 10) == "[#####.....] 10 events, 50 %, 100/s");
    const Progress none{.fraction = 0.0};
    REQUIRE(bar(none, 4) == "[....] 0 events, 0 %");
    const Progress all{.fraction = 1.0};
    REQUIRE(bar(all, 4) == "[####] 0 events, 100 %");
    REQUIRE(bar(Progress{}, 4) == "0 events");
}

TEST_CASE("numbers are grouped by three and times by sixty", "[progress]") {
    REQUIRE(grouped(0) == "0");
    REQUIRE(grouped(999) == "999");
    REQUIRE(grouped(1'000) == "1,000");
    REQUIRE(grouped(12'345'678) == "12,345,678");
    REQUIRE(clock_text(7s) == "0:07");
    REQUIRE(clock_text(750s) == "12:30");
    REQUIRE(clock_text(3723s) == "1:02:03");
}
