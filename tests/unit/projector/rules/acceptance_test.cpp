#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a contest takes trades between its start and its end", "[acceptance]") {
    ContestWorld world;
    REQUIRE(world.take(created("c")) == "applied");
    REQUIRE(world.take(joined("c", "w")) == "applied");
    REQUIRE(world.take(trade("t1", "c", "w", "buy 1 SOL @10")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(started("c")) == "applied");
    REQUIRE(world.take(trade("t1", "c", "w", "buy 1 SOL @10")) == "applied");
    REQUIRE(world.take(completed("c")) == "applied");
    REQUIRE(world.take(trade("t2", "c", "w", "buy 1 SOL @10")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(
        world.last_error.sentence() ==
        "contest_id is \"c\"; wanted an active contest; it is completed"
    );
}

TEST_CASE("what names an unknown contest is refused", "[acceptance]") {
    ContestWorld world;
    REQUIRE(world.take(started("c")) == "UNKNOWN_CONTEST");
    REQUIRE(world.take(joined("c", "w")) == "UNKNOWN_CONTEST");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "UNKNOWN_CONTEST");
    REQUIRE(world.take(deposit({}, "c", "w", "5")) == "UNKNOWN_CONTEST");
}

TEST_CASE("what is there already is a harmless retry", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    REQUIRE(world.take(created("c")) == "retried");
    REQUIRE(world.take(started("c", 5)) == "retried");
    REQUIRE(world.take(joined("c", "w", 5)) == "retried");
    REQUIRE(world.take(round_started("c", 1)) == "applied");
    REQUIRE(world.take(round_started("c", 1)) == "retried");
    REQUIRE(world.take(round_started("c", 2)) == "applied");
    REQUIRE(world.take(round_started("c", 1)) == "retried");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "applied");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "retried");
    REQUIRE(world.take(deposit("d", "c", "w", "5")) == "applied");
    REQUIRE(world.take(deposit("d", "c", "w", "5")) == "retried");
    REQUIRE(holdings(world, "w") == "cash 995 put in 1005 realized 0 fees 0 | SOL 1 cost 10");
}

TEST_CASE("it is still a retry after the end", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("t", "c", "w", "buy 1 SOL @10"));
    world.take(completed("c"));
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "retried");
    REQUIRE(world.take(started("c")) == "retried");
    REQUIRE(world.take(completed("c", 9)) == "retried");
    REQUIRE(world.take(joined("c", "w")) == "retried");
    REQUIRE(world.take(created("c")) == "retried");
}

TEST_CASE("a known id with other content is a conflict", "[acceptance]") {
    ContestWorld world = active_contest({"w", "v"});
    world.take(trade("t", "c", "w", "buy 1 SOL @10"));
    REQUIRE(world.take(trade("t", "c", "w", "buy 2 SOL @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("t", "c", "w", "sell 1 SOL @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 ETH @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10 fee 1")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10", 1)) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("t", "c", "v", "buy 1 SOL @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("t", "c", "stranger", "buy 1 SOL @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(created("c", "7")) == "DUPLICATE_CONFLICT");
    world.take(deposit("d", "c", "w", "5"));
    REQUIRE(world.take(deposit("d", "c", "w", "6")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(withdrawal("d", "c", "w", "5")) == "DUPLICATE_CONFLICT");
    Deposit later = deposit("d", "c", "w", "5");
    later.timestamp = at(1);
    REQUIRE(world.take(later) == "DUPLICATE_CONFLICT");
    ParticipantJoined renamed = joined("c", "w");
    renamed.username = "other";
    REQUIRE(world.take(renamed) == "DUPLICATE_CONFLICT");
}

TEST_CASE("an id is unique within its contest, or its wallet outside contests", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    world.take(created("d"));
    world.take(joined("d", "w"));
    world.take(started("d"));
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "applied");
    REQUIRE(world.take(trade("t", "d", "w", "buy 2 SOL @10")) == "applied");
    REQUIRE(world.take(trade("t", {}, "w", "buy 3 SOL @10")) == "applied");
    REQUIRE(world.take(trade("t", {}, "v", "buy 4 SOL @10")) == "applied");
    REQUIRE(world.take(trade("t", {}, "v", "buy 5 SOL @10")) == "DUPLICATE_CONFLICT");
}

TEST_CASE("an old id is looked up before anything is refused for another reason", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("t", "c", "w", "buy 1 SOL @10"));
    world.take(completed("c"));
    world.commit();
    world.state.book.trade_ids = IdMemory<TradeFact>{false};
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "retried");
    REQUIRE(world.take(trade("t", "c", "w", "buy 2 SOL @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(world.take(trade("new", "c", "w", "buy 2 SOL @10")) == "CONTEST_NOT_ACTIVE");
}

TEST_CASE("an id whose hash is remembered is looked up, not guessed", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("t", "c", "w", "buy 1 SOL @10"));
    world.commit();
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "retried");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @11")) == "DUPLICATE_CONFLICT");
}

TEST_CASE("only who is in trades, transfers and leaves", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    REQUIRE(world.take(trade("t", "c", "v", "buy 1 SOL @10")) == "NOT_A_PARTICIPANT");
    REQUIRE(world.take(deposit({}, "c", "v", "5")) == "NOT_A_PARTICIPANT");
    REQUIRE(world.take(left("c", "v")) == "NOT_A_PARTICIPANT");
    REQUIRE(world.take(left("c", "w")) == "applied");
    REQUIRE(world.take(left("c", "w")) == "NOT_A_PARTICIPANT");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10")) == "NOT_A_PARTICIPANT");
    REQUIRE(world.take(withdrawal({}, "c", "w", "5")) == "NOT_A_PARTICIPANT");
}

TEST_CASE("joining again brings the portfolio back", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("t", "c", "w", "buy 1 SOL @10"));
    world.take(left("c", "w"));
    REQUIRE(world.take(joined("c", "w")) == "applied");
    REQUIRE(holdings(world, "w") == "cash 990 put in 1000 realized 0 fees 0 | SOL 1 cost 10");
}

TEST_CASE("steps that the state of the contest does not allow", "[acceptance]") {
    ContestWorld world;
    world.take(created("c"));
    REQUIRE(world.take(completed("c")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(round_started("c", 1)) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(deposit({}, "c", "w", "1")) == "NOT_A_PARTICIPANT");
    REQUIRE(world.take(joined("c", "w")) == "applied");
    REQUIRE(world.take(deposit({}, "c", "w", "1")) == "applied");
    REQUIRE(world.take(cancelled("c")) == "applied");
    REQUIRE(world.take(cancelled("c")) == "retried");
    REQUIRE(world.take(started("c")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(completed("c")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(joined("c", "v")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(deposit({}, "c", "w", "1")) == "CONTEST_NOT_ACTIVE");
    REQUIRE(world.take(left("c", "w")) == "CONTEST_NOT_ACTIVE");
}

TEST_CASE("a completed contest cannot be cancelled", "[acceptance]") {
    ContestWorld world = active_contest({});
    world.take(completed("c"));
    REQUIRE(world.take(cancelled("c")) == "CONTEST_NOT_ACTIVE");
}

TEST_CASE("a timestamp more than a minute after the log time is refused", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @10", 60)) == "applied");
    REQUIRE(world.take(trade("u", "c", "w", "buy 1 SOL @10", 60.001)) == "INVALID_FIELD");
    REQUIRE(world.last_error.field == "timestamp");
    REQUIRE(*world.state.book.now == at(60));
    REQUIRE(world.take(trade("u", "c", "w", "buy 1 SOL @10", 60.001), 1ms) == "applied");
    REQUIRE(world.take(trade("v", "c", "w", "buy 1 SOL @10", -1e6)) == "applied");
}

TEST_CASE("a record that would take a stored amount to 10^20 changes nothing", "[acceptance]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("t1", "c", "w", "buy 60000000000000000000 SOL @1"));
    const std::string before = holdings(world, "w");
    REQUIRE(
        world.take(trade("t2", "c", "w", "buy 60000000000000000000 SOL @1")) == "INVALID_FIELD"
    );
    REQUIRE(holdings(world, "w") == before);
    REQUIRE(world.take(deposit({}, "c", "w", "99999999999999999999")) == "INVALID_FIELD");
    REQUIRE(holdings(world, "w") == before);
    REQUIRE(world.take(trade("t2", "c", "w", "sell 1 SOL @1")) == "applied");
}

TEST_CASE("a key lives in one partition", "[acceptance]") {
    ContestWorld world;
    world.archive.homes = {{"contest:c", 3}, {"wallet:w", 2}, {"symbol:SOL", 1}};
    REQUIRE(world.take(created("c")) == "WRONG_PARTITION");
    REQUIRE(world.take(trade("t", "c", "w", "buy 1 SOL @1")) == "WRONG_PARTITION");
    REQUIRE(world.take(deposit({}, {}, "w", "1")) == "WRONG_PARTITION");
    REQUIRE(world.take(tick("SOL", "10")) == "WRONG_PARTITION");
    REQUIRE(world.last_error.sentence() == "symbol is \"SOL\"; wanted its home, partition 1");
}

TEST_CASE("a refused record settles no home", "[acceptance]") {
    ContestWorld world;
    Deposit early = deposit({}, {}, "w", "1");
    early.timestamp = at(100);
    REQUIRE(world.take(early) == "INVALID_FIELD");
    REQUIRE(world.take(trade("t", {}, "w", "sell 9e19 SOL @1 fee 0")) == "applied");
    REQUIRE(world.state.book.homes.claims().size() == 1);
    REQUIRE(world.state.book.homes.claims().front().key == "wallet:w");
}

TEST_CASE("the first trade outside contests opens an empty main portfolio", "[acceptance]") {
    ContestWorld world;
    REQUIRE(world.take(trade("t", {}, "w", "buy 2 SOL @10 fee 1")) == "applied");
    REQUIRE(holdings(world, "w", {}) == "cash -21 put in 0 realized 0 fees 1 | SOL 2 cost 20");
    REQUIRE(world.take(deposit("d", {}, "w", "100")) == "applied");
    REQUIRE(world.take(withdrawal("e", {}, "w", "30")) == "applied");
    REQUIRE(holdings(world, "w", {}) == "cash 49 put in 70 realized 0 fees 1 | SOL 2 cost 20");
}

TEST_CASE("what could not be read is refused with the reader's reason", "[acceptance]") {
    ContestWorld world;
    REQUIRE(
        world.take(Error{Code::malformed_json, "", "{", "one JSON object"}) == "MALFORMED_JSON"
    );
    REQUIRE(world.state.seq == 1);
}

}  // namespace
}  // namespace duel::projector
