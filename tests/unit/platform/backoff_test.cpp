#include "platform/backoff.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace duel::platform;
using namespace std::chrono_literals;

TEST_CASE("waits stay between the floor and a ceiling that doubles up to the cap", "[backoff]") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Backoff backoff({.base = 100ms, .cap = 1s, .floor = 5ms}, seed);
        auto ceiling = 100ms;
        for (int i = 0; i < 100; ++i) {
            auto wait = backoff.next();
            REQUIRE(wait >= 5ms);
            REQUIRE(wait <= ceiling);
            ceiling = std::min<std::chrono::milliseconds>(ceiling * 2, 1s);
        }
    }
}

TEST_CASE("the same seed waits the same, another differently", "[backoff]") {
    auto waits = [](std::uint64_t seed) {
        Backoff backoff({}, seed);
        std::vector<std::int64_t> all;
        for (int i = 0; i < 10; ++i)
            all.push_back(backoff.next().count());
        return all;
    };
    REQUIRE(waits(7) == waits(7));
    REQUIRE(waits(7) != waits(8));
}

TEST_CASE("a success begins again at the base", "[backoff]") {
    Backoff backoff({.base = 10ms, .cap = 1h, .floor = 0ms}, 1);
    for (int i = 0; i < 20; ++i)
        backoff.next();
    REQUIRE(backoff.failures() == 20);
    backoff.reset();
    for (int i = 0; i < 100; ++i) {
        REQUIRE(backoff.next() <= 10ms);
        backoff.reset();
    }
}

TEST_CASE("the waits spread over the whole of their range", "[backoff]") {
    Backoff backoff({.base = 1s, .cap = 1s, .floor = 0ms}, 3);
    std::int64_t sum = 0;
    for (int i = 0; i < 10'000; ++i)
        sum += backoff.next().count();
    REQUIRE(sum / 10'000 == Approx(500).margin(15));
}
