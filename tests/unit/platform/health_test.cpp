#include "platform/health.hpp"

#include <catch2/catch.hpp>

using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

std::string text(const Health& health) {
    std::string all;
    for (const auto& condition : health.conditions()) {
        all += (all.empty() ? "" : "; ") + condition.name + (condition.ok ? " ok" : " not ok");
        if (!condition.reason.empty()) all += " (" + condition.reason + ")";
    }
    return all;
}

}  // namespace

TEST_CASE("ready means that every condition holds", "[health]") {
    Health health;
    REQUIRE(health.ready());
    health.expect("kafka");
    health.expect("postgres", "not connected yet");
    REQUIRE_FALSE(health.ready());
    REQUIRE(text(health) == "kafka not ok (not started yet); postgres not ok (not connected yet)");
    health.set("kafka", true);
    REQUIRE_FALSE(health.ready());
    health.set("postgres", true);
    REQUIRE(health.ready());
    health.set("kafka", false, "Connection refused");
    REQUIRE_FALSE(health.ready());
    REQUIRE(text(health) == "kafka not ok (Connection refused); postgres ok");
    health.forget("kafka");
    REQUIRE(health.ready());
}

TEST_CASE("expecting a condition that is known already changes nothing", "[health]") {
    Health health;
    health.set("kafka", true);
    health.expect("kafka");
    REQUIRE(health.ready());
}

TEST_CASE("a heartbeat that does not beat in time is named, with how long", "[health]") {
    Health health;
    auto shard = health.heartbeat("shard contest/3", 5s);
    auto feed = health.heartbeat("feed", 60s);
    auto now = Heartbeat::Clock::now();
    REQUIRE(health.late(now).empty());
    REQUIRE(
        health.late(now + 20s) == std::vector<std::string>{"shard contest/3 (silent for 20 s)"}
    );
    shard->beat();
    REQUIRE(health.late(now + 4s).empty());
}

TEST_CASE("a heartbeat that is gone on purpose is missed by nobody", "[health]") {
    Health health;
    health.heartbeat("shard contest/3", 5s).reset();
    REQUIRE(health.late(Heartbeat::Clock::now() + 1h).empty());
}

TEST_CASE("who hangs is not ready", "[health]") {
    Health health;
    health.set("kafka", true);
    auto hung = health.heartbeat("shard contest/3", -1s);
    REQUIRE_FALSE(health.ready());
    hung.reset();
    REQUIRE(health.ready());
}

TEST_CASE("a long call may be silent for as long as it was given, and no longer", "[health]") {
    Health health;
    auto shard = health.heartbeat("shard contest/3", 4s);
    {
        const Heartbeat::Patience patience{*shard, 60s};
        REQUIRE(health.late(Heartbeat::Clock::now() + 59s).empty());
        REQUIRE(health.late(Heartbeat::Clock::now() + 62s).size() == 1);
    }
    REQUIRE(health.late(Heartbeat::Clock::now() + 3s).empty());
    REQUIRE(health.late(Heartbeat::Clock::now() + 6s).size() == 1);
}
