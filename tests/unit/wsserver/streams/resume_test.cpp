#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

// Events at 10, 20, … 10 × count on the portfolio's channel, all in memory, with the channel
// loaded.
void play(Theatre& stage, int count) {
    stage.follow(99, kPortfolio, {.states = false});
    stage.answer(kPortfolio, portfolio_snapshot(1, 0));
    for (int i = 1; i <= count; ++i)
        stage.event(
            kPortfolio,
            10 * static_cast<std::uint64_t>(i),
            10 * static_cast<std::uint64_t>(i - 1),
            trade("t" + std::to_string(i))
        );
    feed::Portfolio portfolio{"w1", "c1", {}, {}, {}, {}, {}, {}};
    stage.state(kPortfolio, 10 * static_cast<std::uint64_t>(count), portfolio);
}

feed::Record stored(std::uint64_t seq, std::uint64_t prev_seq) {
    return {{kPortfolio.key(), kEpoch, "", seq, prev_seq}, trade("t" + std::to_string(seq / 10))};
}

std::string resumed(const std::string& since, int count = 4) {
    Theatre stage;
    play(stage, count);
    stage.follow(1, kPortfolio, {}, {since});
    return stage.outline(1);
}

}  // namespace

TEST_CASE("a cursor brings every event message after it, then the state", "[resume]") {
    REQUIRE(
        resumed(cursor(kPortfolio.key(), 20)) ==
        "SUBSCRIBED:20:replayed TRADE_EXECUTED:30 TRADE_EXECUTED:40 PORTFOLIO_UPDATED:40"
    );
}

TEST_CASE("a cursor between two events, at the newest one, and at the beginning", "[resume]") {
    REQUIRE(
        resumed(cursor(kPortfolio.key(), 25)) ==
        "SUBSCRIBED:25:replayed TRADE_EXECUTED:30 TRADE_EXECUTED:40 PORTFOLIO_UPDATED:40"
    );
    REQUIRE(resumed(cursor(kPortfolio.key(), 40)) == "SUBSCRIBED:40:replayed PORTFOLIO_UPDATED:40");
    REQUIRE(
        resumed(cursor(kPortfolio.key(), 0), 2) ==
        "SUBSCRIBED:0:replayed TRADE_EXECUTED:10 TRADE_EXECUTED:20 PORTFOLIO_UPDATED:20"
    );
}

TEST_CASE("a cursor that cannot be honoured says why, and brings a snapshot", "[resume]") {
    REQUIRE(
        resumed(cursor(kPortfolio.key(), 20, "00000000000000dd")) ==
        "SUBSCRIBED:40:snapshot:epoch_changed PORTFOLIO_UPDATED:40"
    );
    REQUIRE(resumed("garbage") == "SUBSCRIBED:40:snapshot:invalid_cursor PORTFOLIO_UPDATED:40");
    REQUIRE(
        resumed(cursor("portfolio:w1/c2", 20)) ==
        "SUBSCRIBED:40:snapshot:invalid_cursor PORTFOLIO_UPDATED:40"
    );
}

TEST_CASE("a cursor ahead of the server is looked up once more before it is refused", "[resume]") {
    Theatre stage;
    play(stage, 4);
    stage.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 50)});
    stage.follow(2, kPortfolio, {}, {cursor(kPortfolio.key(), 70)});
    REQUIRE(stage.outline(1).empty());
    stage.answer(kPortfolio, portfolio_snapshot(60, 40));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:50:replayed PORTFOLIO_UPDATED:60");
    // That was asked for before the second came, so it may be older than what that one has seen.
    REQUIRE(stage.outline(2).empty());
    stage.answer(kPortfolio, portfolio_snapshot(60, 40));
    REQUIRE(stage.outline(2) == "SUBSCRIBED:60:snapshot:ahead_of_server PORTFOLIO_UPDATED:60");
}

TEST_CASE("what memory has no more comes from Postgres, page by page, without a hole", "[resume]") {
    Theatre stage{{.page = 2}};
    stage.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 5)});
    stage.answer(kPortfolio, portfolio_snapshot(55, 50));
    REQUIRE(stage.outline(1).empty());
    // While Postgres is read, the feed goes on.
    stage.event(kPortfolio, 60, 50, trade("t6"));
    auto ask = stage.answer_events({.missed = 5, .events = {stored(10, 0), stored(20, 10)}});
    REQUIRE(ask.after == 5);
    REQUIRE(ask.count);
    REQUIRE(stage.outline(1) == "SUBSCRIBED:5:replayed TRADE_EXECUTED:10 TRADE_EXECUTED:20");
    // The next page is asked for when this one was written.
    REQUIRE(stage.asked_for_events() == 0);
    stage.board.written(1, stage.now());
    stage.settle();
    ask = stage.answer_events({.events = {stored(30, 20), stored(40, 30)}});
    REQUIRE(ask.after == 20);
    REQUIRE_FALSE(ask.count);
    stage.board.written(1, stage.now());
    stage.settle();
    stage.answer_events({.seq = 58, .is_last = true, .events = {stored(50, 40)}});
    stage.board.written(1, stage.now());
    stage.settle();
    feed::Portfolio portfolio{"w1", "c1", {}, {}, {}, {}, {}, {}};
    stage.state(kPortfolio, 60, portfolio);
    REQUIRE(
        stage.outline(1) ==
        "TRADE_EXECUTED:30 TRADE_EXECUTED:40 TRADE_EXECUTED:50 TRADE_EXECUTED:60 "
        "PORTFOLIO_UPDATED:60"
    );
    stage.event(kPortfolio, 70, 60, trade("t7"));
    REQUIRE(stage.outline(1) == "TRADE_EXECUTED:70");
}

TEST_CASE("no state is older than the events that Postgres had before the feed", "[resume]") {
    Theatre stage;
    stage.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 5)});
    stage.answer(kPortfolio, portfolio_snapshot(20, 20));
    stage.answer_events(
        {.seq = 40, .missed = 2, .is_last = true, .events = {stored(20, 5), stored(30, 20)}}
    );
    REQUIRE(stage.outline(1) == "SUBSCRIBED:5:replayed TRADE_EXECUTED:20 TRADE_EXECUTED:30");
    stage.pass(std::chrono::seconds{2});
    REQUIRE(stage.outline(1).empty());
    stage.event(kPortfolio, 30, 20, trade("t30"));
    stage.state(kPortfolio, 30, feed::Portfolio{"w1", "c1", {}, {}, {}, {}, {}, {}});
    REQUIRE(stage.outline(1) == "PORTFOLIO_UPDATED:30");
    stage.event(kPortfolio, 50, 30, trade("t50"));
    REQUIRE(stage.outline(1) == "TRADE_EXECUTED:50");
}

TEST_CASE("what happened while nobody followed is brought from memory", "[resume]") {
    Theatre stage;
    for (std::uint64_t i = 1; i <= 3; ++i) {
        stage.event(kPortfolio, 10 * i, 10 * (i - 1), trade("t" + std::to_string(i)));
        REQUIRE(stage.used == "kept");
    }
    stage.state(kPortfolio, 30, feed::Portfolio{"w1", "c1", {}, {}, {}, {}, {}, {}});
    REQUIRE(stage.used == "skipped");
    stage.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 10)});
    stage.answer(kPortfolio, portfolio_snapshot(30, 30));
    REQUIRE(stage.asked_for_events() == 0);
    const auto sent = stage.messages(1);
    REQUIRE(sent.size() == 4);
    REQUIRE(
        plain(sent[1]) ==
        R"({"type":"TRADE_EXECUTED","channel":"portfolio:c1","seq":20,"prev_seq":10,"data":{"trade_id":"t2","wallet_address":"w1","symbol":"SOL","side":"buy","amount":1.5,"price":100,"timestamp":"2025-11-13T19:00:00Z","contest_id":"c1"}})"
    );
    stage.event(kPortfolio, 40, 30, trade("t4"));
    REQUIRE(stage.used == "followed");
    REQUIRE(stage.outline(1) == "TRADE_EXECUTED:40");
}

TEST_CASE("a kept event that turns out to be broken comes from Postgres", "[resume]") {
    Theatre stage;
    stage.event(kPortfolio, 10, 0, trade("t1"));
    std::string broken;
    feed::encode({kPortfolio.key(), kEpoch, "contest/0", 20, 10}, trade("t2"), broken);
    broken.replace(broken.find("\"buy\""), 5, "\"who\"");
    REQUIRE(stage.raw(broken) == "kept");
    stage.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 0)});
    stage.answer(kPortfolio, portfolio_snapshot(20, 20));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:0:replayed TRADE_EXECUTED:10");
    REQUIRE(stage.reports == std::vector<ConnectionId>{1});
    stage.board.written(1, stage.now());
    stage.settle();
    REQUIRE(stage.asked_for_events() == 1);
    const auto ask = stage.answer_events({.seq = 20, .is_last = true, .events = {stored(20, 10)}});
    REQUIRE(ask.after == 10);
    REQUIRE(stage.outline(1) == "TRADE_EXECUTED:20 PORTFOLIO_UPDATED:20");
    REQUIRE(stage.raw(broken).find("side") != std::string::npos);
}

TEST_CASE("more than a client may miss is too old, from Postgres and from memory", "[resume]") {
    Theatre stage{{.most_missed = 3}};
    stage.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 5)});
    stage.answer(kPortfolio, portfolio_snapshot(55, 50));
    stage.answer_events({.missed = 4, .events = {stored(10, 0)}});
    REQUIRE(stage.outline(1) == "SUBSCRIBED:55:snapshot:too_old PORTFOLIO_UPDATED:55");

    Theatre other{{.most_missed = 3}};
    play(other, 4);
    other.follow(1, kPortfolio, {}, {cursor(kPortfolio.key(), 0)});
    REQUIRE(other.outline(1) == "SUBSCRIBED:40:snapshot:too_old PORTFOLIO_UPDATED:40");
}

TEST_CASE("records up to the snapshot are dropped, later ones are not", "[resume]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    stage.event(kPortfolio, 10, 0, trade("t1"));
    stage.event(kPortfolio, 20, 10, trade("t2"));
    stage.answer(kPortfolio, portfolio_snapshot(15, 10));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:15:none TRADE_EXECUTED:20");
    // The feed lags behind Postgres, and repeats after a crash of the projector.
    stage.event(kPortfolio, 10, 0, trade("t1"));
    stage.event(kPortfolio, 20, 10, trade("t2"));
    REQUIRE(stage.outline(1).empty());
}

TEST_CASE("a gap in the feed is filled from Postgres before anything later is sent", "[resume]") {
    Theatre stage;
    play(stage, 2);
    stage.messages(99);
    stage.event(kPortfolio, 50, 40, trade("t5"));
    REQUIRE(stage.outline(99).empty());
    const auto ask = stage.answer_events(
        {.seq = 50, .is_last = true, .events = {stored(30, 20), stored(40, 30), stored(50, 40)}}
    );
    REQUIRE(ask.after == 20);
    REQUIRE(stage.outline(99) == "TRADE_EXECUTED:30 TRADE_EXECUTED:40 TRADE_EXECUTED:50");
    REQUIRE(stage.counts.gaps == 1);
}

TEST_CASE("another numbering is told to everybody, with a new snapshot", "[resume]") {
    Theatre stage;
    play(stage, 2);
    stage.messages(99);
    stage.record(kPortfolio, 7, 0, trade("t1"), "00000000000000ff");
    REQUIRE(stage.asks.back().what == Ask::What::epoch);
    stage.board.on_epoch("00000000000000ff", stage.now());
    stage.settle();
    auto snapshot = portfolio_snapshot(9, 7);
    snapshot.epoch = "00000000000000ff";
    stage.answer(kPortfolio, snapshot);
    REQUIRE(stage.outline(99) == "SUBSCRIBED:9:snapshot:epoch_changed");
    stage.record(kPortfolio, 12, 7, trade("t2"), "00000000000000ff");
    REQUIRE(stage.outline(99) == "TRADE_EXECUTED:12");
}

TEST_CASE("an answer to an earlier question is not taken for a later one", "[resume]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    const auto early = stage.asks.front();
    stage.board.on_epoch("00000000000000ff", stage.now());
    stage.settle();
    auto snapshot = portfolio_snapshot(9, 7);
    snapshot.epoch = "00000000000000ff";
    stage.board.on_snapshot(kPortfolio, early.ticket, snapshot, stage.now());
    stage.settle();
    REQUIRE(stage.outline(1).empty());
}

TEST_CASE("who waits too long for Postgres is told, and closed with 1013", "[resume]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    stage.pass(std::chrono::seconds{9});
    REQUIRE(stage.closings.empty());
    stage.pass(std::chrono::seconds{2});
    REQUIRE(stage.closings.size() == 1);
    REQUIRE(stage.closings[0].code == 1013);
    REQUIRE_THAT(stage.seen(1), Catch::Contains("PROCESSING_ERROR"));
}

TEST_CASE("many who follow one channel share one question", "[resume]") {
    Theatre stage;
    for (ConnectionId who = 1; who <= 100; ++who)
        stage.follow(who, kContest);
    REQUIRE(stage.asks.size() == 1);
    stage.answer(kContest, contest_snapshot(9, {ranked(1, "w1")}));
    for (ConnectionId who = 1; who <= 100; ++who)
        REQUIRE(stage.outline(who) == "SUBSCRIBED:9:none CONTEST_UPDATED:9 LEADERBOARD_UPDATED:9");
    stage.follow(101, kContest);
    REQUIRE(stage.asks.empty());
}

// Any cut of one story: a client that leaves after any message and comes back with its last cursor
// ends with the same event messages as one that stayed.
TEST_CASE("wherever a client is cut off, it sees every event once and in order", "[resume]") {
    for (int cut = 0; cut <= 12; ++cut) {
        for (const int page : {1, 3, 100}) {
            Theatre stage{{.page = static_cast<std::size_t>(page)}};
            play(stage, 0);
            stage.follow(1, kPortfolio, {.states = false}, {cursor(kPortfolio.key(), 0)});
            std::string seen = stage.outline(1);
            for (int i = 1; i <= 12; ++i) {
                stage.event(
                    kPortfolio,
                    10 * static_cast<std::uint64_t>(i),
                    10 * static_cast<std::uint64_t>(i - 1),
                    trade("t" + std::to_string(i))
                );
                if (i == cut) {
                    seen += ' ' + stage.outline(1);
                    stage.board.close(1);
                }
            }
            if (cut > 0)
                stage.follow(
                    2,
                    kPortfolio,
                    {.states = false},
                    {cursor(kPortfolio.key(), 10 * static_cast<std::uint64_t>(cut))}
                );
            for (int round = 0; round < 20; ++round) {
                stage.board.written(2, stage.now());
                stage.settle();
            }
            seen += ' ' + stage.outline(1) + ' ' + stage.outline(2);
            std::string events;
            for (auto at = seen.find("TRADE_EXECUTED:"); at != seen.npos;
                 at = seen.find("TRADE_EXECUTED:", at + 1))
                events += seen.substr(at + 15, seen.find(' ', at) - at - 15) + ' ';
            REQUIRE(events == "10 20 30 40 50 60 70 80 90 100 110 120 ");
        }
    }
}

TEST_CASE("a snapshot that was asked for before everything is read again is too old", "[resume]") {
    Theatre stage;
    stage.follow(1, kContest);
    stage.board.reload();
    stage.settle();
    stage.answer(kContest, contest_snapshot(5, {ranked(1, "old")}));
    REQUIRE(stage.outline(1).empty());
    stage.answer(kContest, contest_snapshot(6, {ranked(1, "new")}));
    REQUIRE(stage.outline(1).starts_with("SUBSCRIBED:6:none"));
}

TEST_CASE("a cursor that cannot be read costs no trade of a contest yet to come", "[resume]") {
    Theatre stage;
    Opening opening;
    opening.wishes.push_back({Channel::portfolio("w1"), {}});
    opening.trades_of = "w1";
    opening.since = Since::parse({"garbage"});
    stage.open(1, opening);
    stage.answer(Channel::portfolio("w1"), portfolio_snapshot(3, 0));
    stage.board.on_portfolios("w1", {}, stage.now());
    stage.settle();
    stage.messages(1);

    stage.event(kPortfolio, 7, 0, trade("t1"));
    stage.answer(kPortfolio, portfolio_snapshot(7, 7));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:0:none TRADE_EXECUTED:7");
}
