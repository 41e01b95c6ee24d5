#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

std::string mark(ContestWorld& world) {
    return world.state.book.find_symbol("SOL")->mark.price.text();
}

TEST_CASE("until the first tick a symbol is valued at the newest trade", "[marks]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("1", "c", "w", "buy 1 SOL @10", 5));
    REQUIRE(mark(world) == "10");
    world.take(trade("2", "c", "w", "buy 1 SOL @20", 4));
    REQUIRE(mark(world) == "10");
    world.take(trade("3", "c", "w", "buy 1 SOL @30", 5));
    REQUIRE(mark(world) == "30");
}

TEST_CASE("the first tick wins over every trade, however late", "[marks]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("1", "c", "w", "buy 1 SOL @10", 50));
    world.take(tick("SOL", "7", 1));
    REQUIRE(mark(world) == "7");
    world.take(trade("2", "c", "w", "buy 1 SOL @20", 55));
    REQUIRE(mark(world) == "7");
}

TEST_CASE(
    "the tick with the newest timestamp counts, among equals the later in the log",
    "[marks]"
) {
    ContestWorld world;
    world.take(tick("SOL", "1", 10));
    world.take(tick("SOL", "2", 9));
    REQUIRE(mark(world) == "1");
    world.take(tick("SOL", "3", 10));
    REQUIRE(mark(world) == "3");
}

}  // namespace
}  // namespace duel::projector
