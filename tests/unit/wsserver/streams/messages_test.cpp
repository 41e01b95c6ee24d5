#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

TEST_CASE("a market client sees what the seed document promises", "[streams]") {
    Theatre stage;
    stage.follow(1, kMarket, {.intervals = {"1m", "1h"}});
    auto snapshot = market_snapshot(7, "101.50");
    auto& rows = std::get<MarketRows>(*snapshot.rows);
    rows.volumes = {
        {"SOL", "1m", kWall, {}, {}, {}, {}, amount("5"), amount("3"), amount("2"), 4, false},
        {"SOL", "5m", kWall, {}, {}, {}, {}, amount("9"), amount("3"), amount("6"), 8, false}};
    rows.sentiment = feed::Sentiment{
        "SOL", amount("0.2"), amount("0.6"), amount("0.4"), VolumeTrend::increasing, kWall};
    stage.answer(kMarket, snapshot);
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"SUBSCRIBED","channel":"market:SOL","seq":7,"recovery":"none"}
{"type":"MARKET_PRICE","channel":"market:SOL","seq":7,"data":{"symbol":"SOL","price":101.5,"change_24h":1.25,"volume_24h":3,"high_24h":102,"low_24h":99,"timestamp":"2025-11-13T19:00:00Z"}}
{"type":"MARKET_VOLUME","channel":"market:SOL","seq":7,"data":{"symbol":"SOL","volume":5,"trades_count":4,"buy_volume":3,"sell_volume":2,"interval":"1m","timestamp":"2025-11-13T19:00:00Z"}}
{"type":"MARKET_SENTIMENT","channel":"market:SOL","seq":7,"data":{"symbol":"SOL","sentiment_score":0.2,"buy_pressure":0.6,"sell_pressure":0.4,"volume_trend":"increasing","timestamp":"2025-11-13T19:00:00Z"}}
)"
    );
}

TEST_CASE("a cursor says epoch, channel and seq of its message", "[streams]") {
    Theatre stage;
    stage.follow(1, kMarket);
    stage.answer(kMarket, market_snapshot(7, ""));
    REQUIRE(
        stage.messages(1).front() ==
        R"({"type":"SUBSCRIBED","channel":"market:SOL","seq":7,"cursor":")" +
            cursor("market:SOL", 7) + R"(","recovery":"none"})"
    );
}

TEST_CASE("a contest client sees contest, leaderboard and who does what", "[streams]") {
    Theatre stage;
    stage.follow(1, kContest);
    stage.answer(kContest, contest_snapshot(9, {ranked(1, "w2"), ranked(2, "w1")}));
    stage.event(
        kContest,
        12,
        0,
        feed::Activity{
            "c1",
            "w1",
            "ann",
            ActivityType::trade,
            "SOL",
            Side::sell,
            amount("2"),
            amount("0.5"),
            kWall}
    );
    stage.event(
        kContest,
        13,
        12,
        feed::Activity{"c1", "w3", "cy", ActivityType::join, {}, {}, {}, {}, kWall}
    );
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"SUBSCRIBED","channel":"contest:c1","seq":9,"recovery":"none"}
{"type":"CONTEST_UPDATED","channel":"contest:c1","seq":9,"data":{"contest_id":"c1","status":"active","time_remaining":3600,"total_participants":3,"total_prize_pool":500}}
{"type":"LEADERBOARD_UPDATED","channel":"contest:c1","seq":9,"data":{"contest_id":"c1","leaderboard":[{"rank":1,"wallet_address":"w2","username":"name of w2","portfolio_value":1000,"performance":9},{"rank":2,"wallet_address":"w1","username":"name of w1","portfolio_value":1000,"performance":8}],"timestamp":"2025-11-13T19:00:00Z"}}
{"type":"PARTICIPANT_ACTIVITY","channel":"contest:c1","seq":12,"prev_seq":0,"data":{"contest_id":"c1","wallet_address":"w1","username":"ann","activity_type":"trade","details":{"symbol":"SOL","side":"sell","amount":2,"price":0.5},"timestamp":"2025-11-13T19:00:00Z"}}
{"type":"PARTICIPANT_ACTIVITY","channel":"contest:c1","seq":13,"prev_seq":12,"data":{"contest_id":"c1","wallet_address":"w3","username":"cy","activity_type":"join","timestamp":"2025-11-13T19:00:00Z"}}
)"
    );
}

TEST_CASE("time never remains below zero", "[streams]") {
    Theatre stage;
    stage.follow(1, kContest);
    auto snapshot = contest_snapshot(9, {});
    auto& rows = std::get<ContestRows>(*snapshot.rows);
    rows.contest.now = rows.contest.ends_at + std::chrono::seconds{5};
    rows.contest.status = ContestStatus::completed;
    rows.contest.current_round = 3;
    stage.answer(kContest, snapshot);
    REQUIRE_THAT(
        stage.seen(1),
        Catch::Contains(R"("status":"completed","current_round":3,"time_remaining":0,)") &&
            Catch::Contains(R"("leaderboard":[],)")
    );
}

TEST_CASE(
    "a portfolio client sees values at the shard's marks, then at the market's",
    "[streams]"
) {
    Theatre stage;
    stage.follow(1, kPortfolio);
    stage.answer(kPortfolio, portfolio_snapshot(20, 15));
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"SUBSCRIBED","channel":"portfolio:c1","seq":20,"recovery":"none"}
{"type":"PORTFOLIO_UPDATED","channel":"portfolio:c1","seq":20,"data":{"tokens":[{"symbol":"SOL","name":"Solana","amount":2,"value":202}],"total_value":1002,"performance_24h":0.2},"timestamp":"2025-11-13T19:00:00Z"}
)"
    );
    stage.answer(kMarket, market_snapshot(5, "110"));
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"SUBSCRIBED","channel":"market:SOL","seq":5,"recovery":"none"}
{"type":"PRICE_UPDATED","channel":"market:SOL","seq":5,"data":{"symbol":"SOL","price":110,"change_24h":1.25,"timestamp":"2025-11-13T19:00:00Z"}}
)"
    );
    stage.pass(std::chrono::seconds{1});
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"PORTFOLIO_UPDATED","channel":"portfolio:c1","seq":20,"data":{"tokens":[{"symbol":"SOL","name":"Solana","amount":2,"value":220}],"total_value":1020,"performance_24h":2},"timestamp":"2025-11-13T19:00:01Z"}
)"
    );
}

TEST_CASE("a trade comes at once, and before the state that includes it", "[streams]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    stage.answer(kPortfolio, portfolio_snapshot(20, 15));
    stage.pass(std::chrono::seconds{5});
    stage.messages(1);
    stage.event(kPortfolio, 24, 15, trade("t1"));
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"TRADE_EXECUTED","channel":"portfolio:c1","seq":24,"prev_seq":15,"data":{"trade_id":"t1","wallet_address":"w1","symbol":"SOL","side":"buy","amount":1.5,"price":100,"timestamp":"2025-11-13T19:00:00Z","contest_id":"c1"}}
)"
    );
    feed::Portfolio portfolio{"w1", "c1", amount("650"), amount("1000"), {}, {}, kWall, {}};
    portfolio.positions = {{"SOL", amount("3.5"), amount("350"), amount("100")}};
    stage.state(kPortfolio, 25, portfolio);
    REQUIRE(stage.outline(1) == "PORTFOLIO_UPDATED:25");
}

TEST_CASE("the marks of an ended contest stay, whatever the market does", "[streams]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    auto snapshot = portfolio_snapshot(20, 15);
    std::get<PortfolioRows>(*snapshot.rows).is_final = true;
    stage.answer(kPortfolio, snapshot);
    stage.answer(kMarket, market_snapshot(5, "110"));
    stage.pass(std::chrono::seconds{2});
    REQUIRE(
        stage.outline(1) ==
        "SUBSCRIBED:20:none PORTFOLIO_UPDATED:20 SUBSCRIBED:5:none PRICE_UPDATED:5"
    );
}

TEST_CASE("performance of 24 hours counts what was put in since as put in", "[streams]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    auto snapshot = portfolio_snapshot(20, 15);
    // Worth 900 a day ago with 950 put in; 50 more since; worth 1002 now: (1002 − 950) ÷ 950.
    std::get<PortfolioRows>(*snapshot.rows).baseline = Baseline{amount("900"), amount("950")};
    stage.answer(kPortfolio, snapshot);
    REQUIRE_THAT(stage.seen(1), Catch::Contains(R"("performance_24h":5.473684210526315789})"));
}

TEST_CASE("what 24 hours are compared with is asked again every minute", "[streams]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    stage.answer(kPortfolio, portfolio_snapshot(20, 15));
    stage.pass(std::chrono::seconds{59});
    stage.asks.clear();
    stage.messages(1);
    stage.pass(std::chrono::seconds{2});
    REQUIRE(stage.asks.size() == 1);
    REQUIRE(stage.asks[0].what == Ask::What::baseline);
    stage.board.on_baseline(kPortfolio, Baseline{amount("501"), amount("1000")}, stage.now());
    stage.settle();
    REQUIRE_THAT(stage.seen(1), Catch::Contains(R"("performance_24h":100})"));
}

TEST_CASE("an unknown contest is an error, and an unknown symbol only silent", "[streams]") {
    Theatre stage;
    stage.follow(1, kContest);
    stage.answer(kContest, Snapshot{{}, 0, 0, {}});
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"ERROR","error":{"code":"UNKNOWN_CONTEST","message":"contest_id is c1; wanted a contest that exists","details":{"channel":"contest:c1"}}}
)"
    );
    REQUIRE(stage.closings.empty());
    stage.follow(2, kMarket);
    stage.answer(kMarket, market_snapshot(0, ""));
    REQUIRE(stage.outline(2) == "SUBSCRIBED:0:none");
    stage.state(kMarket, 3, price("7"));
    REQUIRE(stage.outline(2) == "MARKET_PRICE:3");
}

TEST_CASE(
    "the plain portfolio socket brings the trades of all the wallet's portfolios",
    "[streams]"
) {
    Theatre stage;
    Opening opening;
    opening.wishes.push_back({Channel::portfolio("w1"), {}});
    opening.trades_of = "w1";
    stage.open(1, opening);
    stage.answer(Channel::portfolio("w1"), Snapshot{{}, 0, 0, PortfolioRows{}});
    stage.board.on_portfolios("w1", {"c1"}, stage.now());
    stage.settle();
    stage.answer(kPortfolio, portfolio_snapshot(20, 15));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:0:none PORTFOLIO_UPDATED:0 SUBSCRIBED:20:none");

    stage.event(kPortfolio, 24, 15, trade("t1"));
    REQUIRE(stage.outline(1) == "TRADE_EXECUTED:24");

    // A contest that the wallet joins later is followed from its first record on.
    const auto later = Channel::portfolio("w1", "c2");
    stage.event(later, 31, 0, trade("t2", "c2"));
    stage.answer(later, portfolio_snapshot(31, 31));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:0:none TRADE_EXECUTED:31");
    stage.event(later, 35, 31, trade("t3", "c2"));
    REQUIRE(stage.outline(1) == "TRADE_EXECUTED:35");
}
