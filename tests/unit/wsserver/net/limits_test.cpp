#include "wsserver/net/attempt_limit.hpp"
#include "wsserver/net/client_message.hpp"
#include "wsserver/net/user_connections.hpp"

#include <catch2/catch.hpp>

using namespace duel::wsserver;
using namespace std::chrono_literals;

namespace {

const Instant kStart{1'000'000s};

LastHeard heard(Instant at) {
    return std::make_shared<std::atomic<Instant::rep>>(at.time_since_epoch().count());
}

// "ping", "authenticate a.b.c", "demand X" or the error's code.
std::string reading(std::string_view text) {
    const auto message = read_client_message(text);
    if (std::holds_alternative<Ping>(message)) return "ping";
    if (std::holds_alternative<Pong>(message)) return "pong";
    if (const auto* found = std::get_if<Authenticate>(&message))
        return "authenticate " + found->token;
    if (const auto* found = std::get_if<Demand>(&message)) return "demand " + found->type;
    return std::string{duel::text(std::get<BadMessage>(message).code)};
}

}  // namespace

TEST_CASE("so many attempts in any minute, and no more", "[limits]") {
    AttemptLimit limit{3};
    for (int i = 0; i < 3; ++i)
        REQUIRE_FALSE(limit.attempt("a", kStart + i * 10s));
    REQUIRE(limit.attempt("a", kStart + 30s) == 30s);
    REQUIRE(limit.attempt("a", kStart + 59500ms) == 1s);
    REQUIRE_FALSE(limit.attempt("b", kStart + 30s));
    REQUIRE_FALSE(limit.attempt("a", kStart + 60s));
    REQUIRE(limit.attempt("a", kStart + 61s) == 9s);
}

TEST_CASE("no limit where none is set", "[limits]") {
    AttemptLimit limit{0};
    for (int i = 0; i < 1'000; ++i)
        REQUIRE_FALSE(limit.attempt("a", kStart));
}

TEST_CASE("of a user's connections the one that was idle for longest goes", "[limits]") {
    UserConnections users{2};
    const auto first = heard(kStart), second = heard(kStart + 1s);
    REQUIRE_FALSE(users.add("w", 1, first));
    REQUIRE_FALSE(users.add("w", 2, second));
    REQUIRE_FALSE(users.add("v", 3, heard(kStart)));
    first->store((kStart + 5s).time_since_epoch().count());
    REQUIRE(users.add("w", 4, heard(kStart + 9s)) == ConnectionId{2});
    users.remove("w", 1);
    REQUIRE_FALSE(users.add("w", 5, heard(kStart + 9s)));
}

TEST_CASE("clients may write ping in any case", "[limits]") {
    REQUIRE(reading(R"({"type":"ping"})") == "ping");
    REQUIRE(reading(R"({"type":"PING","timestamp":1})") == "ping");
    REQUIRE(reading(R"({"type":"pong"})") == "pong");
    REQUIRE(reading(R"({"type":"Authenticate","token":"a.b.c"})") == "authenticate a.b.c");
    REQUIRE(reading(R"({"type":"JOIN"})") == "demand JOIN");
}

TEST_CASE("what is no message is refused with its code", "[limits]") {
    for (const auto* text :
         {"",
          "{",
          "[]",
          "ping",
          "null",
          R"({"type":"ping"} x)",
          R"({"type":"ping","type":"x"})",
          "\xEF\xBB\xBF{\"type\":\"ping\"}"})
        REQUIRE(reading(text) == "MALFORMED_JSON");
    REQUIRE(reading(R"({})") == "INVALID_FIELD");
    REQUIRE(reading(R"({"type":7})") == "INVALID_FIELD");
    REQUIRE(reading(R"({"type":"authenticate","token":{}})") == "INVALID_FIELD");
    REQUIRE(reading(R"({"type":)" + std::string(60'000, '[')) == "MALFORMED_JSON");
    REQUIRE(reading("{\"type\":\"\xFF\"}") == "MALFORMED_JSON");
    REQUIRE(reading(std::string{R"({"type":"ping"})"} + '\0') == "MALFORMED_JSON");
}
