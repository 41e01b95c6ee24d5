#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <set>

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

TEST_CASE("a contest is ranked once in half a second, before the record", "[leaderboard]") {
    ContestWorld world = active_contest({"a"});
    world.take(trade("1", "c", "a", "buy 1 SOL @100"));
    const auto& rankings = world.state.get<LeaderboardProjection>().rankings;
    const auto before = rankings;
    for (int i = 1; i <= 3'000; ++i) {
        const auto ranked = rankings;
        world.take(tick("SOL", std::to_string(100 + i)), 1ms);
        if (rankings != ranked)
            REQUIRE(board(world) == fmt::format("1 a {0} ({1:g})", 999 + i, (i - 1) / 10.0));
    }
    REQUIRE(rankings - before == 6);
}

TEST_CASE("every contest has one turn in a pace, and all turns are used", "[leaderboard]") {
    std::set<std::int64_t> turns;
    for (std::int64_t contest_no = 0; contest_no < 40; ++contest_no) {
        int count = 0;
        for (std::int64_t slot = 1'000; slot < 1'000 + RankingDue::kTurns; ++slot) {
            if (!RankingDue{slot, 1}.concerns(contest_no)) continue;
            ++count;
            turns.insert(slot);
        }
        REQUIRE(count == 1);
        REQUIRE(RankingDue{}.concerns(contest_no));
        REQUIRE(RankingDue{1'003, RankingDue::kTurns + 5}.concerns(contest_no));
    }
    REQUIRE(turns.size() == RankingDue::kTurns);
}

TEST_CASE("after a pause of the log the turns that passed are made up for", "[leaderboard]") {
    Pace pace{.pace = 800ms, .point = Timestamp{10'000ms}};
    REQUIRE_FALSE(pace.is_reached(Timestamp{9'999ms}));
    const RankingDue at_once = pace.due(Timestamp{10'000ms});
    REQUIRE(
        std::pair{at_once.first, at_once.slots} == std::pair<std::int64_t, std::int64_t>{100, 1}
    );
    REQUIRE(pace.due(Timestamp{10'299ms}).slots == 3);
    REQUIRE(pace.after(Timestamp{10'299ms}) == Timestamp{10'300ms});
    REQUIRE(pace.after(Timestamp{10'300ms}) == Timestamp{10'400ms});
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
    "a ranking made in a silence departs when the next record comes before all turns have passed",
    "[leaderboard]"
) {
    ContestWorld world = active_contest({"a"});
    REQUIRE(rank_in_silence(world.state));
    // Everybody's turn has passed with the eighth slot, of 62.5 ms.
    const Timestamp all_had_theirs = world.state.pace.point.value() + 7 * 62'500us;
    const Place before{Topic::prices, 0, 0, all_had_theirs - 1us};
    const Place past{Topic::prices, 0, 0, all_had_theirs};
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
