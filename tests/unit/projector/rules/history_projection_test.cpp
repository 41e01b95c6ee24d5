#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a minute's history is the state when now left it", "[history]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("1", "c", "w", "buy 1 SOL @100", 10));
    world.take(tick("SOL", "150", 59));
    world.take(tick("SOL", "400", 60));
    world.commit();
    REQUIRE(world.rows("equity_history") == "1050 1000 #6");
    REQUIRE(world.tables["equity_history"].begin()->first.find("00:00:00Z") != std::string::npos);
    REQUIRE(world.rows("leaderboard_history").find(" 1 1050 5 #6") != std::string::npos);
}

TEST_CASE("it is written only where it differs from the row before", "[history]") {
    ContestWorld world = active_contest({"w"});
    world.take(tick("SOL", "1", 60), 60s);
    world.take(tick("SOL", "2", 120), 60s);
    world.take(deposit({}, "c", "w", "5"));
    world.take(tick("SOL", "2", 180), 60s);
    world.commit();
    REQUIRE(world.rows("equity_history") == "1000 1000 #4\n1005 1005 #7");
}

TEST_CASE("a late record moves no minute", "[history]") {
    ContestWorld world = active_contest({"w"});
    world.take(tick("SOL", "1", 60));
    world.take(tick("SOL", "1", 30));
    world.take(tick("SOL", "1", 61));
    world.commit();
    REQUIRE(world.tables["equity_history"].size() == 1);
}

TEST_CASE("an ended contest has its last minute at once", "[history]") {
    ContestWorld world = active_contest({"w"});
    world.take(completed("c", 30));
    world.take(tick("SOL", "1", 60));
    world.commit();
    REQUIRE(world.rows("equity_history") == "1000 1000 #4");
    REQUIRE(world.tables["leaderboard_history"].size() == 1);
}

TEST_CASE("who leaves is ranked no more, and the history says so", "[history]") {
    ContestWorld world = active_contest({"w"});
    world.take(tick("SOL", "1", 60), 60s);
    world.take(left("c", "w", 61));
    world.take(tick("SOL", "1", 119));
    world.take(tick("SOL", "1", 120), 60s);
    world.commit();
    REQUIRE(world.tables["leaderboard_history"].size() == 2);
    REQUIRE(
        world.tables["leaderboard_history"].rbegin()->second.find(" - - -") != std::string::npos
    );
}

TEST_CASE("main portfolios have an equity history too", "[history]") {
    ContestWorld world;
    world.take(deposit({}, {}, "w", "70"));
    world.take(tick("SOL", "1", 60));
    world.commit();
    REQUIRE(world.rows("equity_history") == "70 70 #2");
}

}  // namespace
}  // namespace duel::projector
