#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

TEST_CASE("equal performance shares a rank: 1, 2, 2, 4", "[leaderboard]") {
    ContestWorld world = active_contest({"a", "b", "c", "d"});
    world.take(trade("1", "c", "a", "buy 1 SOL @100"));
    world.take(trade("2", "c", "d", "sell 1 SOL @100"));
    world.take(tick("SOL", "110"));
    world.take(tick("SOL", "110"), 500ms);
    REQUIRE(board(world) == "1 a 1010 (1)\n2 b 1000 (0)\n2 c 1000 (0)\n4 d 990 (-1)");
}

TEST_CASE(
    "contests are ranked before the first record past the next half second",
    "[leaderboard]"
) {
    ContestWorld world = active_contest({"a"});
    world.take(trade("1", "c", "a", "buy 1 SOL @100"));
    world.take(tick("SOL", "200"), 499ms);
    REQUIRE(board(world).empty());
    world.take(tick("SOL", "300"), 1ms);
    REQUIRE(board(world) == "1 a 1100 (10)");
}

TEST_CASE("a wallet that left is not ranked, and comes back by joining", "[leaderboard]") {
    ContestWorld world = active_contest({"a", "b"});
    world.take(left("c", "a"), 500ms);
    REQUIRE(board(world) == "1 a 1000 (0)\n1 b 1000 (0)");
    world.take(tick("SOL", "1"), 500ms);
    REQUIRE(board(world) == "1 b 1000 (0)");
    world.take(joined("c", "a"));
    world.take(tick("SOL", "1"), 500ms);
    REQUIRE(board(world) == "1 a 1000 (0)\n1 b 1000 (0)");
}

TEST_CASE("deposits are no performance", "[leaderboard]") {
    ContestWorld world = active_contest({"a"});
    world.take(deposit({}, "c", "a", "1000"));
    world.take(trade("1", "c", "a", "buy 1 SOL @100"));
    world.take(tick("SOL", "200"));
    rank_in_silence(world.state);
    REQUIRE(board(world) == "1 a 2100 (5)");
}

TEST_CASE(
    "where nothing is left of what was put in, it ranks as 0 without a number",
    "[leaderboard]"
) {
    ContestWorld world = active_contest({"a", "b"});
    world.take(withdrawal({}, "c", "a", "1000"));
    world.take(trade("1", "c", "b", "sell 1 SOL @100"));
    world.take(tick("SOL", "101"));
    rank_in_silence(world.state);
    REQUIRE(board(world) == "1 a 0 (-)\n2 b 999 (-0.1)");
}

TEST_CASE("a value beyond the range of amounts is left out and ranks last", "[leaderboard]") {
    ContestWorld world = active_contest({"a", "b"});
    world.take(trade("1", "c", "a", "buy 9e19 DUST @1"));
    world.take(trade("2", "c", "b", "buy 1 SOL @100"));
    world.take(tick("DUST", "1e19"));
    world.take(tick("SOL", "1"));
    rank_in_silence(world.state);
    REQUIRE(board(world) == "1 b 901 (-9.9)\n2 a - (-)");
}

TEST_CASE("only rows that changed are written", "[leaderboard]") {
    ContestWorld world = active_contest({"a", "b"});
    rank_in_silence(world.state);
    world.commit();
    world.take(trade("1", "c", "a", "buy 1 SOL @100"));
    world.take(tick("SOL", "90"));
    rank_in_silence(world.state);
    REQUIRE(world.state.get<LeaderboardProjection>().leaderboard.touched().size() == 1);
    world.commit();
    REQUIRE_FALSE(rank_in_silence(world.state));
}

TEST_CASE(
    "a ranking made in a silence departs when the next record comes before the point",
    "[leaderboard]"
) {
    ContestWorld world = active_contest({"a"});
    REQUIRE(rank_in_silence(world.state));
    const Place before{Topic::prices, 0, 0, world.log_time + 499ms};
    const Place past{Topic::prices, 0, 0, world.log_time + 500ms};
    REQUIRE(departs_after_silence(world.state, before));
    REQUIRE_FALSE(departs_after_silence(world.state, past));
}

TEST_CASE("the last ranking of a completed contest becomes its final standings", "[leaderboard]") {
    ContestWorld world = active_contest({"a", "b"});
    world.take(trade("1", "c", "a", "buy 1 SOL @100", 5));
    world.take(tick("SOL", "150", 6));
    world.take(completed("c", 10));
    world.take(tick("SOL", "999", 11), 500ms);
    world.commit();
    REQUIRE(world.tables["final_standings"].size() == 2);
    REQUIRE(
        world.tables["final_standings"].begin()->second.find("00:00:10Z 1 1050 5") !=
        std::string::npos
    );
    REQUIRE(world.rows("final_marks") == "00:00:06Z 150 #7");
    REQUIRE(world.state.book.find_contest("c")->accounts == nullptr);
}

TEST_CASE("a cancelled contest has no standings", "[leaderboard]") {
    ContestWorld world = active_contest({"a"});
    world.take(cancelled("c"));
    world.commit();
    REQUIRE(world.tables["final_standings"].empty());
}

}  // namespace
}  // namespace duel::projector
