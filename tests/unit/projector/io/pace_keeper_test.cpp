#include "projector/io/pace_keeper.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

TEST_CASE("rankings slow down while they take more than a fifth of the time", "[pace]") {
    const PaceKeeper::Clock::time_point start{};
    PaceKeeper keeper{500ms, start};
    keeper.spent(1'001ms);
    REQUIRE(keeper.advise(500ms, start + 4s) == 500ms);
    REQUIRE(keeper.advise(500ms, start + 5s) == 1'000ms);
    keeper.spent(2s);
    REQUIRE(keeper.advise(1'000ms, start + 10s) == 2'000ms);
}

TEST_CASE("they return to the usual pace by halves", "[pace]") {
    const PaceKeeper::Clock::time_point start{};
    PaceKeeper keeper{500ms, start};
    REQUIRE(keeper.advise(2'000ms, start + 5s) == 1'000ms);
    REQUIRE(keeper.advise(1'000ms, start + 10s) == 500ms);
    REQUIRE(keeper.advise(500ms, start + 15s) == 500ms);
}

TEST_CASE("in between the pace stays", "[pace]") {
    const PaceKeeper::Clock::time_point start{};
    PaceKeeper keeper{500ms, start};
    keeper.spent(500ms);
    REQUIRE(keeper.advise(1'000ms, start + 5s) == 1'000ms);
}

}  // namespace
}  // namespace duel::projector
