#include "watch/narrate.hpp"

#include "tests/unit/watch/messages.hpp"

#include <catch2/catch.hpp>

namespace duel::watch {

namespace {

std::string told(const std::string& text) {
    return narrate(made::read(text));
}

}  // namespace

TEST_CASE("a trade in one line", "[narrate]") {
    REQUIRE(
        told(made::state(
            "portfolio:c1",
            5,
            "TRADE_EXECUTED",
            R"({"trade_id":"t1","wallet_address":"w","symbol":"SOL","side":"buy","amount":1.50,)"
            R"("price":142.1,"timestamp":"T","contest_id":"c1"})"
        )) == "TRADE_EXECUTED portfolio:c1  buy 1.5 SOL @ 142.1 · contest c1 · trade t1"
    );
}

TEST_CASE("what happens in a contest in one line", "[narrate]") {
    const auto activity = [](const std::string& rest) {
        return told(made::state(
            "contest:c1",
            5,
            "PARTICIPANT_ACTIVITY",
            R"({"contest_id":"c1","username":"zoë",)" + rest + "}"
        ));
    };
    REQUIRE(activity(R"("activity_type":"join")") == "PARTICIPANT_ACTIVITY contest:c1  zoë join");
    REQUIRE(
        activity(
            R"("activity_type":"trade","details":{"symbol":"SOL","side":"sell","amount":2,"price":3})"
        ) == "PARTICIPANT_ACTIVITY contest:c1  zoë trade sell 2 SOL @ 3"
    );
}

TEST_CASE("a leaderboard shows its mode and first rows", "[narrate]") {
    REQUIRE(
        told(made::state(
            "contest:c1",
            5,
            "LEADERBOARD_UPDATED",
            R"({"leaderboard":[{"rank":1,"username":"a","portfolio_value":10,"performance":1}]})",
            "diff"
        )) == "LEADERBOARD_UPDATED diff contest:c1  1 row · 1. a 10.00 +1.00 %"
    );
}

TEST_CASE("markets in one line", "[narrate]") {
    REQUIRE(
        told(made::state("market:SOL", 5, "MARKET_PRICE", R"({"symbol":"SOL","price":0.00001234})")
        ) == "MARKET_PRICE market:SOL  SOL 0.00001234"
    );
    REQUIRE(
        told(made::state(
            "market:SOL",
            5,
            "MARKET_VOLUME",
            R"({"symbol":"SOL","volume":5,"trades_count":2,"buy_volume":3,"sell_volume":2,"interval":"1m"})"
        )) == "MARKET_VOLUME market:SOL  SOL 1m 5 in 2 trades (3 bought, 2 sold)"
    );
}

TEST_CASE("how the service stands in one line", "[narrate]") {
    REQUIRE(
        told(
            R"({"type":"SERVER_STATUS_UPDATE","data":{"status":"maintenance","message":"back at \u001b noon",)"
            R"("timestamp":"T"},"timestamp":"T"})"
        ) == "SERVER_STATUS_UPDATE  maintenance · back at ? noon"
    );
}

TEST_CASE("errors and unknown types say what they carry", "[narrate]") {
    REQUIRE(
        told(R"({"type":"ERROR","error":{"code":"UNKNOWN_CONTEST","message":"no \u001b contest"}})"
        ) == "ERROR  UNKNOWN_CONTEST: no ? contest"
    );
    REQUIRE(told(R"({"type":"NEW","x":1.0})") == R"(NEW  {"type":"NEW","x":1.0})");
    REQUIRE(
        told(made::subscribed("contest:c1", 9, "replayed")) ==
        "SUBSCRIBED contest:c1  recovery replayed · from seq 9"
    );
}

}  // namespace duel::watch
