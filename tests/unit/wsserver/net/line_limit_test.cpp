#include "wsserver/net/line_limit.hpp"

#include <catch2/catch.hpp>

using namespace duel::wsserver;
using namespace std::chrono_literals;

namespace {

const Instant kStart{1'000s};

int lines(LineLimit& limit, int wanted, Instant now) {
    int count = 0;
    for (int i = 0; i < wanted; ++i)
        count += limit.take(now) ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("lines of a kind are limited, and the rest is counted", "[log]") {
    LineLimit limit{"tests", 2, kStart};
    REQUIRE(lines(limit, 100, kStart) == 20);
    REQUIRE(limit.take_kept_back(kStart) == 0);
    REQUIRE(lines(limit, 100, kStart + 500ms) == 1);
    REQUIRE(limit.take_kept_back(kStart + 1'500ms) == 179);
    REQUIRE(limit.take_kept_back(kStart + 10s) == 0);
    REQUIRE(lines(limit, 2, kStart + 10s) == 2);
}

TEST_CASE("a flood that goes on is told now and then", "[log]") {
    LineLimit limit{"tests", 1, kStart};
    std::uint64_t told = 0;
    for (int i = 0; i < 20; ++i) {
        lines(limit, 100, kStart + std::chrono::seconds{i});
        told += limit.take_kept_back(kStart + std::chrono::seconds{i});
    }
    REQUIRE(told > 500);
}
