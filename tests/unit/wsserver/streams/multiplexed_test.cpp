#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

const Identity kAnn{"w1", "ann", false};
const Channel kMain = Channel::portfolio("w1");

Result<Change> heeded(const std::string& text) {
    return heed_multiplexed(demand(text), kAnn);
}

// "portfolio:c1 contest:c1 ", or the error.
std::string wishes(const std::string& text) {
    const auto change = heeded(text);
    return change ? names_of(*change) : change.error().sentence();
}

// A socket on /api/v2/ws that has said so much.
struct Socket {
    Theatre& stage;
    ConnectionId id = 1;

    void say(const std::string& text) {
        stage.board.change(id, heeded(text).value(), stage.now());
        stage.settle();
    }
};

feed::Portfolio nothing_new() {
    return {"w1", "c1", {}, {}, {}, {}, {}, {}};
}

}  // namespace

TEST_CASE(
    "SUBSCRIBE and UNSUBSCRIBE name channels; others are refused one by one",
    "[multiplexed]"
) {
    REQUIRE(
        wishes(
            R"({"type":"SUBSCRIBE","channels":["market:SOL","contest:c1","portfolio","portfolio:c1","market:SOL"]})"
        ) == "market:SOL contest:c1 portfolio:w1 portfolio:w1/c1 "
    );
    REQUIRE(
        wishes(R"({"type":"subscribe","channels":["market:","ledger:x","market:A"]})") ==
        "market:A !market: !ledger:x "
    );
    REQUIRE(wishes(R"({"type":"UNSUBSCRIBE","channels":["market:SOL"]})") == "-market:SOL ");
}

TEST_CASE("a message that is wrong as a whole changes nothing", "[multiplexed]") {
    for (const auto* fields :
         {R"("channels":[])",
          R"("channels":"market:A")",
          R"("channels":[1])",
          R"("channels":["market:A"],"top":0)",
          R"("channels":["market:A"],"top":"5")",
          R"("channels":["market:A"],"mode":"delta")",
          R"("channels":["market:A"],"intervals":["2m"])",
          R"("channels":["market:A"],"since":"x")"})
        REQUIRE(
            heeded(std::string{R"({"type":"SUBSCRIBE",)"} + fields + "}").error().code ==
            Code::invalid_field
        );
    REQUIRE(heeded(R"({"type":"DANCE"})").error().code == Code::unknown_message);
}

TEST_CASE("options reach every channel of the message", "[multiplexed]") {
    const auto change = heeded(
        R"({"type":"SUBSCRIBE","channels":["contest:c1"],"mode":"diff","top":5,"intervals":["1h"]})"
    );
    const auto& options = change->add.wishes.at(0).options;
    REQUIRE(options.diff);
    REQUIRE(options.top == 5);
    REQUIRE(options.viewer == "w1");
    REQUIRE(options.intervals == std::vector<std::string>{"1h"});
}

TEST_CASE("channels come and go on one connection", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>();
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(R"({"type":"SUBSCRIBE","channels":["market:SOL"]})");
    stage->answer(kMarket, market_snapshot(5, "100"));
    REQUIRE(stage->outline(1) == "SUBSCRIBED:5:none MARKET_PRICE:5");
    socket.say(R"({"type":"UNSUBSCRIBE","channels":["market:SOL","market:BTC"]})");
    REQUIRE(stage->outline(1) == "UNSUBSCRIBED:5 UNSUBSCRIBED:");
    stage->state(kMarket, 6, price("101"));
    stage->pass(std::chrono::seconds{1});
    REQUIRE(stage->outline(1).empty());
}

TEST_CASE("a channel that is named again goes on without a hole or a repetition", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>();
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(R"({"type":"SUBSCRIBE","channels":["portfolio:c1"]})");
    stage->answer(kPortfolio, portfolio_snapshot(1, 0));
    stage->event(kPortfolio, 10, 0, trade("t1"));
    REQUIRE(stage->outline(1) == "SUBSCRIBED:1:none PORTFOLIO_UPDATED:1 TRADE_EXECUTED:10");
    socket.say(R"({"type":"SUBSCRIBE","channels":["portfolio:c1"],"mode":"diff"})");
    stage->state(kPortfolio, 10, nothing_new());
    REQUIRE(stage->outline(1).starts_with("SUBSCRIBED:10:none PORTFOLIO_UPDATED:10"));
    stage->event(kPortfolio, 20, 10, trade("t2"));
    REQUIRE(stage->outline(1).starts_with("TRADE_EXECUTED:20"));
}

TEST_CASE("since is read for each channel by its name", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>();
    stage->follow(99, kPortfolio, {.states = false});
    stage->answer(kPortfolio, portfolio_snapshot(1, 0));
    for (std::uint64_t seq = 10; seq <= 30; seq += 10)
        stage->event(kPortfolio, seq, seq - 10, trade("t"));
    stage->state(kPortfolio, 30, nothing_new());
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(
        R"({"type":"SUBSCRIBE","channels":["portfolio:c1"],"since":{"portfolio:c1":")" +
        cursor(kPortfolio.key(), 10) + R"(","contest:c9":"unused"}})"
    );
    REQUIRE(
        stage->outline(1) ==
        "SUBSCRIBED:10:replayed TRADE_EXECUTED:20 TRADE_EXECUTED:30 PORTFOLIO_UPDATED:30"
    );
    // The cursor of another channel is none of this one.
    socket.say(
        R"({"type":"SUBSCRIBE","channels":["portfolio:c1"],"since":{"portfolio:c1":")" +
        cursor(kMarket.key(), 10) + R"("}})"
    );
    REQUIRE(stage->outline(1) == "SUBSCRIBED:30:snapshot:invalid_cursor PORTFOLIO_UPDATED:30");
}

TEST_CASE("a cursor is used once", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>();
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(
        R"({"type":"SUBSCRIBE","channels":["market:SOL"],"since":{"market:SOL":")" +
        cursor(kMarket.key(), 4) + R"("}})"
    );
    stage->answer(kMarket, market_snapshot(5, "100"));
    REQUIRE(stage->outline(1) == "SUBSCRIBED:4:replayed MARKET_PRICE:5");
    socket.say(R"({"type":"UNSUBSCRIBE","channels":["market:SOL"]})");
    socket.say(R"({"type":"SUBSCRIBE","channels":["market:SOL"]})");
    REQUIRE(stage->outline(1) == "UNSUBSCRIBED:5 SUBSCRIBED:5:none MARKET_PRICE:5");
}

TEST_CASE("a cursor of a channel that is not named does not count later", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>();
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(
        R"({"type":"SUBSCRIBE","channels":["market:A"],"since":{"market:SOL":")" +
        cursor(kMarket.key(), 4) + R"("}})"
    );
    socket.say(R"({"type":"SUBSCRIBE","channels":["market:SOL"]})");
    stage->answer(kMarket, market_snapshot(5, "100"));
    REQUIRE(stage->outline(1) == "SUBSCRIBED:5:none MARKET_PRICE:5");
}

TEST_CASE("no more channels than the limit, and room again after one has gone", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>(StreamSettings{.most_subscriptions = 1});
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(R"({"type":"SUBSCRIBE","channels":["market:A","market:SOL","market:A"]})");
    const auto said = stage->messages(1);
    REQUIRE(said.size() == 1);
    REQUIRE(said[0].find("TOO_MANY_SUBSCRIPTIONS") != std::string::npos);
    REQUIRE(said[0].find(R"("channel":"market:SOL")") != std::string::npos);
    socket.say(R"({"type":"UNSUBSCRIBE","channels":["market:A"]})");
    socket.say(R"({"type":"SUBSCRIBE","channels":["market:SOL"]})");
    stage->answer(kMarket, market_snapshot(5, "100"));
    REQUIRE(stage->outline(1) == "UNSUBSCRIBED: SUBSCRIBED:5:none MARKET_PRICE:5");
}

TEST_CASE("an unknown contest leaves no trace, so it can be asked for again", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>(StreamSettings{.most_subscriptions = 1});
    Socket socket{*stage};
    stage->open(1, {});
    for (int i = 0; i < 2; ++i) {
        socket.say(R"({"type":"SUBSCRIBE","channels":["contest:c1"]})");
        stage->answer(kContest, {});
        REQUIRE(stage->seen(1).find("UNKNOWN_CONTEST") != std::string::npos);
    }
    socket.say(R"({"type":"SUBSCRIBE","channels":["contest:c1"]})");
    stage->answer(kContest, contest_snapshot(5, {}));
    REQUIRE(stage->outline(1).starts_with("SUBSCRIBED:5:none"));
}

TEST_CASE("the main portfolio brings the trades of all, until it is given up", "[multiplexed]") {
    auto stage = std::make_unique<Theatre>();
    Socket socket{*stage};
    stage->open(1, {});
    socket.say(R"({"type":"SUBSCRIBE","channels":["portfolio","portfolio:c1"]})");
    stage->answer(kMain, portfolio_snapshot(1, 0));
    stage->answer(kPortfolio, portfolio_snapshot(1, 0));
    stage->messages(1);
    // Its own channel goes, its trades stay.
    socket.say(R"({"type":"UNSUBSCRIBE","channels":["portfolio:c1"]})");
    stage->event(kPortfolio, 10, 0, trade("t1"));
    stage->state(kPortfolio, 10, nothing_new());
    stage->pass(std::chrono::seconds{2});
    REQUIRE(stage->outline(1) == "UNSUBSCRIBED:1 TRADE_EXECUTED:10");
    socket.say(R"({"type":"UNSUBSCRIBE","channels":["portfolio"]})");
    stage->event(kPortfolio, 20, 10, trade("t2"));
    REQUIRE(stage->outline(1) == "UNSUBSCRIBED:1");
    stage->board.close(1);
}
