#include "projector/rules/rehearsal.hpp"

#include "tests/unit/projector/rules/random_stream.hpp"
#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow = at(0) + 24h;

std::string take(Rehearsal& rehearsal, const Event& event) {
    return show(rehearsal.take(event, kNow));
}

// Sized ticks of a few symbols, some days late, some of a size that no candle has room for twice.
Event random_tick(std::mt19937_64& random) {
    const auto below = [&](int n) { return std::uniform_int_distribution{0, n - 1}(random); };
    const double late = below(4) == 0 ? below(300'000) : below(600);
    const std::string symbol = "S" + std::to_string(below(3));
    if (below(20) == 0) return Token{.symbol = symbol, .name = symbol, .timestamp = kNow};
    return tick(symbol, "10", 86'400 - late, below(8) == 0 ? "6e19" : "1.5", Side::buy);
}

TEST_CASE("a rehearsal decides as a shard whose batches are stored", "[rehearsal]") {
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
        Rehearsal rehearsal{{}};
        ContestWorld world;
        world.log_time = kNow;
        std::size_t number = 0;
        for (const Event& event : RandomStream{seed}.make(3'000)) {
            const std::string found = world.take(event);
            CAPTURE(seed, number);
            if (topic_of(event) == Topic::trades) REQUIRE(take(rehearsal, event) == found);
            if (++number % 7 == 0) world.commit();
        }
    }
}

TEST_CASE("a rehearsal decides about ticks as a market shard does", "[rehearsal]") {
    std::mt19937_64 random{6};
    Rehearsal rehearsal{{}};
    MarketWorld world;
    world.log_time = kNow;
    std::map<std::string, int> outcomes;
    for (int number = 0; number < 3'000; ++number) {
        const Event event = random_tick(random);
        const std::string found = world.take(event);
        CAPTURE(number);
        REQUIRE(take(rehearsal, event) == found);
        ++outcomes[found];
        if (number % 7 == 0) world.commit();
    }
    REQUIRE(outcomes["applied"] > 1'000);
    REQUIRE(outcomes["INVALID_FIELD"] > 100);
}

TEST_CASE("retries and conflicts are known in a rehearsal after the end too", "[rehearsal]") {
    Rehearsal rehearsal{{}};
    REQUIRE(take(rehearsal, trade("t", "c", "w", "buy 1 SOL @10")) == "UNKNOWN_CONTEST");
    REQUIRE(take(rehearsal, created("c")) == "applied");
    REQUIRE(take(rehearsal, created("c")) == "retried");
    REQUIRE(take(rehearsal, joined("c", "w")) == "applied");
    REQUIRE(take(rehearsal, started("c")) == "applied");
    REQUIRE(take(rehearsal, trade("t", "c", "w", "buy 1 SOL @10")) == "applied");
    REQUIRE(take(rehearsal, trade("t", "c", "v", "buy 1 SOL @10")) == "DUPLICATE_CONFLICT");
    REQUIRE(take(rehearsal, completed("c")) == "applied");
    REQUIRE(take(rehearsal, trade("t", "c", "w", "buy 1 SOL @10")) == "retried");
    REQUIRE(take(rehearsal, joined("c", "w")) == "retried");
    REQUIRE(take(rehearsal, joined("c", "v")) == "CONTEST_NOT_ACTIVE");
}

TEST_CASE("a rehearsal takes nothing of a future beyond the limit", "[rehearsal]") {
    Rehearsal rehearsal{{.future = 60s}};
    REQUIRE(take(rehearsal, tick("SOL", "10", 86'460)) == "applied");
    REQUIRE(take(rehearsal, tick("SOL", "10", 86'461)) == "INVALID_FIELD");
    Rehearsal patient{{.future = 61s}};
    REQUIRE(take(patient, tick("SOL", "10", 86'461)) == "applied");
    REQUIRE(take(patient, SourceStatus{}) == "applied");
}

}  // namespace
}  // namespace duel::projector
