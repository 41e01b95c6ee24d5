#include "projector/rules/rehearsal.hpp"

#include "tests/unit/projector/rules/random_stream.hpp"
#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

const Timestamp kNow = at(0) + 24h;

std::string take(Rehearsal& rehearsal, const Event& event) {
    return show(rehearsal.take(event, kNow));
}

TEST_CASE("a rehearsal decides as a shard whose batches are stored", "[rehearsal]") {
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
        Rehearsal rehearsal;
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

TEST_CASE("whoever comes out of a rehearsal's contest is remembered", "[rehearsal]") {
    Rehearsal rehearsal;
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

TEST_CASE("ticks of a rehearsal are taken, late ones too, but none of the future", "[rehearsal]") {
    Rehearsal rehearsal;
    Price tick{.symbol = "SOL", .price = amount("10"), .timestamp = kNow};
    REQUIRE(take(rehearsal, tick) == "applied");
    tick.timestamp = kNow - 100h;
    REQUIRE(take(rehearsal, tick) == "applied");
    tick.timestamp = kNow + 61s;
    REQUIRE(take(rehearsal, tick) == "INVALID_FIELD");
    REQUIRE(take(rehearsal, SourceStatus{}) == "applied");
}

}  // namespace
}  // namespace duel::projector
