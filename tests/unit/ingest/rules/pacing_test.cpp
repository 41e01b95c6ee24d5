#include "ingest/rules/pacing.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using duel::Timestamp;
using duel::ingest::Pacing;

namespace {

const Timestamp kStart{std::chrono::sys_days{std::chrono::year{2025} / 11 / 13}};

}  // namespace

TEST_CASE("without speed or rate every event goes at once", "[pacing]") {
    Pacing pacing{{}};
    REQUIRE(pacing.wait(kStart, 0s) == 0s);
    REQUIRE(pacing.wait(kStart + 24h, 1s) == 0s);
}

TEST_CASE("at a speed of 10 a second of the recording takes a tenth", "[pacing]") {
    Pacing pacing{{.speed = 10.0}};
    REQUIRE(pacing.wait(kStart, 5s) == 0s);
    REQUIRE(pacing.wait(kStart + 1s, 5s) == 100ms);
    REQUIRE(pacing.wait(kStart + 2s, 5s + 150ms) == 50ms);
}

TEST_CASE("an event that is late or older than the one before goes at once", "[pacing]") {
    Pacing pacing{{.speed = 1.0}};
    REQUIRE(pacing.wait(kStart, 0s) == 0s);
    REQUIRE(pacing.wait(kStart - 5s, 0s) == 0s);
    REQUIRE(pacing.wait(kStart + 1s, 3s) == 0s);
    REQUIRE(pacing.wait(kStart + 4s, 3s) == 1s);
}

TEST_CASE("a gap of the recording makes no wait longer than the longest", "[pacing]") {
    Pacing pacing{{.speed = 1.0, .longest_wait = 2s}};
    REQUIRE(pacing.wait(kStart, 0s) == 0s);
    REQUIRE(pacing.wait(kStart + 24h, 1s) == 2s);
    // From there it goes on at the recorded speed: the clock says 3 s when that event goes out.
    REQUIRE(pacing.wait(kStart + 24h + 1s, 3s) == 1s);
}

TEST_CASE("a rate of 100 a second spaces events by 10 ms", "[pacing]") {
    Pacing pacing{{.events_per_second = 100.0}};
    REQUIRE(pacing.wait(kStart, 0s) == 0s);
    REQUIRE(pacing.wait(kStart, 0s) == 10ms);
    REQUIRE(pacing.wait(kStart, 12ms) == 8ms);
}

TEST_CASE("after a pause the rate makes up for 50 ms and no more", "[pacing]") {
    Pacing pacing{{.events_per_second = 100.0}};
    REQUIRE(pacing.wait(kStart, 0s) == 0s);
    int at_once = 0;
    while (pacing.wait(kStart, 10s) == 0s)
        ++at_once;
    REQUIRE(at_once == 6);
}

TEST_CASE("with speed and rate the longer wait counts", "[pacing]") {
    Pacing pacing{{.speed = 1.0, .events_per_second = 10.0}};
    REQUIRE(pacing.wait(kStart, 0s) == 0s);
    REQUIRE(pacing.wait(kStart + 10ms, 0s) == 100ms);
    REQUIRE(pacing.wait(kStart + 500ms, 100ms) == 400ms);
}
