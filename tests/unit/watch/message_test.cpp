#include "watch/message.hpp"

#include <catch2/catch.hpp>

using duel::watch::error_sentence;
using duel::watch::Message;

TEST_CASE("a message says its channel, place and whether it is an event", "[message]") {
    const auto event = Message::parse(
        R"({"type":"TRADE_EXECUTED","channel":"portfolio:c1","seq":18446744073709551615,)"
        R"("cursor":"abc","prev_seq":0,"data":{"trade_id":"t1"}})"
    );
    REQUIRE(event);
    REQUIRE(event->type == "TRADE_EXECUTED");
    REQUIRE(event->channel == "portfolio:c1");
    REQUIRE(event->seq == 18446744073709551615ULL);
    REQUIRE(event->cursor == "abc");
    REQUIRE(event->is_event());
    REQUIRE(event->data().text("trade_id") == "t1");

    const auto pong = Message::parse(R"({"type":"pong","timestamp":"2025-11-13T19:15:12Z"})");
    REQUIRE(pong);
    REQUIRE(pong->channel.empty());
    REQUIRE_FALSE(pong->is_event());
    REQUIRE_FALSE(pong->data().object());
}

TEST_CASE("what has no type is no message", "[message]") {
    REQUIRE_FALSE(Message::parse("[]"));
    REQUIRE_FALSE(Message::parse("{}"));
    REQUIRE_FALSE(Message::parse(R"({"type":{}})"));
    REQUIRE_FALSE(Message::parse("hello"));
}

TEST_CASE("both forms of error read the same", "[message]") {
    const auto v2 = Message::parse(
        R"({"type":"ERROR","error":{"code":"UNKNOWN_CONTEST","message":"no contest x"}})"
    );
    const auto v69 = Message::parse(
        R"({"type":"error","code":"UNKNOWN_CONTEST","message":"no contest x","error":"no contest x"})"
    );
    REQUIRE(error_sentence(*v2) == "UNKNOWN_CONTEST: no contest x");
    REQUIRE(error_sentence(*v69) == "UNKNOWN_CONTEST: no contest x");
}
