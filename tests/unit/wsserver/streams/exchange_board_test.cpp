#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

SourceStatus status(Breaker breaker, std::int64_t failures, int seconds) {
    SourceStatus found;
    found.source = "binance";
    found.breaker = breaker;
    found.since = kWall;
    found.failures = failures;
    found.failure_threshold = 8;
    found.recovery_timeout_ms = 45'000;
    if (failures > 0) found.last_error = "refused";
    found.messages_per_second = amount("12.5");
    found.delay_ms = amount("30");
    found.timestamp = kWall + std::chrono::seconds{seconds};
    return found;
}

}  // namespace

TEST_CASE("a breaker opens though its reader's clock was set back", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::exchanges));
    stage.hear(status(Breaker::closed, 0, 0));
    REQUIRE(status_seen(stage, 1) == "healthy");
    stage.hear(status(Breaker::open, 5, -3'600));
    REQUIRE(status_seen(stage, 1) == "failed");
    stage.hear(status(Breaker::closed, 0, 0), 0);  // as after a reconnect
    REQUIRE(status_seen(stage, 1) == "nothing");
}

TEST_CASE("exchanges are shown at once, and every change of a breaker", "[notices]") {
    Theatre stage;
    stage.hear(status(Breaker::closed, 0, 0));
    stage.open(1, notice(Notice::exchanges));
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"health:update","service":"binance","data":{"status":"healthy",)"
        R"("circuit":{"state":"closed","failureCount":0,"lastFailure":null,"recoveryAttempts":0},)"
        R"("config":{"failureThreshold":8,"recoveryTimeout":45000,"requestLimit":1},)"
        R"("metrics":{"failureRate":0,"latency":30,"throughput":12.5}},)"
        R"("timestamp":"2025-11-13T19:00:00Z"})"
        "\n"
    );
    std::string types;
    int seconds = 0;
    for (const auto& [breaker, failures] :
         {std::pair{Breaker::closed, 0},
          {Breaker::closed, 1},
          {Breaker::open, 5},
          {Breaker::half_open, 5},
          {Breaker::open, 6},
          {Breaker::half_open, 6},
          {Breaker::closed, 0}}) {
        stage.hear(status(breaker, failures, ++seconds));
        for (const auto& text : stage.messages(1)) {
            const auto message = nlohmann::json::parse(text);
            types += message.at("type").get<std::string>() + ' ' +
                     message.at("data").at("status").get<std::string>() + ' ' +
                     message.at("data").at("circuit").at("recoveryAttempts").dump() + '\n';
        }
    }
    REQUIRE(
        types ==
        "metrics:update healthy 0\nhealth:update degraded 0\nbreaker:trip failed 0\n"
        "health:update degraded 1\nbreaker:trip failed 1\nhealth:update degraded 2\n"
        "breaker:reset healthy 0\n"
    );
}

TEST_CASE("a source of which nothing is heard is healthy no more, until it is heard", "[notices]") {
    using std::chrono::seconds;
    Theatre stage;
    stage.open(1, notice(Notice::exchanges));
    stage.hear(status(Breaker::closed, 0, 0));
    REQUIRE(status_seen(stage, 1) == "healthy");
    stage.pass(seconds{10});
    stage.hear(status(Breaker::closed, 0, 0), 0);  // read again: that is not heard
    stage.pass(seconds{4});
    REQUIRE(status_seen(stage, 1) == "nothing");
    stage.pass(seconds{1});
    const auto told = stage.messages(1);
    REQUIRE(told.size() == 1);
    const auto message = nlohmann::json::parse(told[0]);
    REQUIRE(message.at("type") == "health:update");
    REQUIRE(message.at("data").at("status") == "degraded");
    REQUIRE(message.at("data").at("error") == "nothing was heard of it for 15 s");
    stage.pass(seconds{60});
    REQUIRE(status_seen(stage, 1) == "nothing");
    stage.open(2, notice(Notice::exchanges));
    REQUIRE(status_seen(stage, 2) == "degraded");
    stage.hear(status(Breaker::closed, 0, 0));
    REQUIRE(stage.outline(1) == "health:update:");
    REQUIRE(status_seen(stage, 2) == "healthy");
    stage.hear(status(Breaker::closed, 0, 75));
    REQUIRE(stage.outline(1) == "metrics:update:");
}

TEST_CASE("a source that falls silent with its breaker open keeps its last error", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::exchanges));
    stage.hear(status(Breaker::open, 8, 0));
    stage.messages(1);
    stage.pass(std::chrono::seconds{15});
    const auto data = nlohmann::json::parse(stage.messages(1).at(0)).at("data");
    REQUIRE(data.at("status") == "failed");
    REQUIRE(data.at("error") == "nothing was heard of it for 15 s; its last error: refused");
    stage.hear(status(Breaker::closed, 0, 20));
    REQUIRE(stage.outline(1) == "breaker:reset:");
}

TEST_CASE("a status that was there before the server is as old as its log says", "[notices]") {
    Theatre stage;
    stage.hear(status(Breaker::closed, 0, 0), {}, std::chrono::hours{72});
    stage.open(1, notice(Notice::exchanges));
    REQUIRE(status_seen(stage, 1) == "degraded");
    stage.hear(status(Breaker::closed, 0, 5), {}, std::chrono::seconds{14});
    REQUIRE(status_seen(stage, 1) == "healthy");
    stage.pass(std::chrono::seconds{1});
    REQUIRE(status_seen(stage, 1) == "degraded");
}
