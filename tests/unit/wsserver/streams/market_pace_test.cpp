#include "tests/unit/wsserver/streams/theatre.hpp"
#include "wsserver/streams/pace.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace theatre;
using namespace std::chrono_literals;

namespace {

std::string last_price(const std::vector<std::string>& messages) {
    if (messages.empty()) return "";
    const auto& text = messages.back();
    const auto at = text.find(R"("price":)") + 8;
    return text.substr(at, text.find(',', at) - at);
}

}  // namespace

TEST_CASE("the first change goes out at once, the next ones as one after the interval", "[pace]") {
    Pace pace{100ms};
    const Instant start{1s};
    REQUIRE_FALSE(pace.due());
    REQUIRE_FALSE(pace.change(start));
    REQUIRE(pace.may_go(start));
    pace.sent(start);
    REQUIRE_FALSE(pace.change(start + 10ms));
    REQUIRE(pace.change(start + 20ms));
    REQUIRE(pace.due() == start + 100ms);
    REQUIRE_FALSE(pace.may_go(start + 99ms));
    REQUIRE(pace.may_go(start + 100ms));
}

TEST_CASE("what may go early goes with others, but not more often on average", "[pace]") {
    Pace pace{1s, 100ms};
    const Instant start{1s};
    pace.change(start);
    pace.sent(start);
    pace.change(start + 10ms);
    REQUIRE_FALSE(pace.may_go(start + 899ms));
    REQUIRE(pace.may_go(start + 900ms));
    REQUIRE(pace.due() == start + 1s);
    pace.sent(start + 900ms);
    pace.change(start + 910ms);
    REQUIRE_FALSE(pace.may_go(start + 1'899ms));
    REQUIRE(pace.due() == start + 2s);
}

TEST_CASE("prices come at most ten times a second, and the last one always comes", "[conflation]") {
    std::mt19937 random{3};
    Theatre stage;
    stage.follow(1, kMarket);
    stage.answer(kMarket, market_snapshot(1, "1"));
    stage.pass(1s);
    stage.messages(1);
    std::size_t sent = 0;
    for (std::uint64_t seq = 2; seq < 1'002; ++seq) {
        stage.state(kMarket, seq, price(std::to_string(seq)));
        stage.pass(std::chrono::milliseconds{random() % 10});
        sent += stage.messages(1).size();
    }
    REQUIRE(sent <= 1'000 * 10 / 100 + 1);
    REQUIRE(sent >= 40);
    stage.state(kMarket, 2'000, price("77"));
    stage.pass(100ms);
    REQUIRE(last_price(stage.messages(1)) == "77");
    REQUIRE(stage.counts.conflated > 800);
}

TEST_CASE(
    "a candle is sent once a second while open, and once more when it closes",
    "[conflation]"
) {
    Theatre stage;
    stage.follow(1, kMarket);
    stage.answer(kMarket, market_snapshot(1, ""));
    stage.messages(1);
    const auto candle = [&](std::uint64_t seq, bool closed) {
        stage.state(
            kMarket,
            seq,
            feed::Volume{
                "SOL",
                "1m",
                kWall,
                {},
                {},
                {},
                {},
                Amount::from_integer(static_cast<std::int64_t>(seq)),
                {},
                {},
                1,
                closed}
        );
    };
    for (std::uint64_t seq = 2; seq <= 21; ++seq) {
        candle(seq, false);
        stage.pass(100ms);
    }
    REQUIRE(stage.messages(1).size() == 3);  // at 0, 1 and 2 s
    candle(22, false);
    candle(23, true);
    REQUIRE(stage.outline(1) == "MARKET_VOLUME:23");
    stage.pass(5s);
    REQUIRE(stage.outline(1).empty());
}

TEST_CASE("what no tick caused waits for its turn, or goes with a tick", "[conflation]") {
    constexpr ConnectionId kMany = 10'000;
    Theatre stage;
    std::vector<Channel> markets;
    for (ConnectionId who = 1; who <= kMany; ++who) {
        const auto market = Channel::market("S" + std::to_string(who % 20));
        if (who <= 20) markets.push_back(market);
        stage.board.open(who, {.wishes = {{market, {}}}}, stage.now());
    }
    stage.settle();
    for (const auto& market : markets)
        stage.answer(market, market_snapshot(1, "1"));
    stage.pass(2s);
    for (ConnectionId who = 1; who <= kMany; ++who)
        stage.messages(who);
    const auto close_all = [&](std::uint64_t seq) {
        for (const auto& market : markets)
            stage.state(
                market,
                seq,
                feed::Volume{market.name, "1m", kWall, {}, {}, {}, {}, {}, {}, {}, 1, true}
            );
    };
    const auto newly_told = [&] {
        std::size_t told = 0;
        for (ConnectionId who = 1; who <= kMany; ++who)
            told += stage.messages(who).size();
        return told;
    };

    close_all(2);
    std::size_t told = newly_told();
    std::size_t most = told;
    for (int wait = 0; wait < 100; ++wait) {
        stage.pass(10ms);
        const auto now = newly_told();
        most = std::max(most, now);
        told += now;
    }
    REQUIRE(told == kMany);
    REQUIRE(most <= kMany / 4);

    close_all(3);
    newly_told();
    for (const auto& market : markets) {
        auto tick = price("2");
        tick.symbol = market.name;
        stage.state(market, 4, tick);
    }
    for (ConnectionId who = 1; who <= kMany; ++who)
        if (const auto seen = stage.outline(who); seen != "MARKET_PRICE:4")
            REQUIRE(seen == "MARKET_PRICE:4 MARKET_VOLUME:4");
    stage.pass(1s);
    REQUIRE(newly_told() == 0);

    close_all(5);
    stage.pass(1ms);
    stage.follow(kMany + 1, markets.back());
    stage.messages(kMany + 1);
    stage.pass(1s);
    REQUIRE(stage.messages(kMany + 1).empty());  // it was shown what came after
}
