#include "bench/workload.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <set>
#include <string>

namespace duel::bench {
namespace {

const Timestamp kNow{std::chrono::seconds{1'763'000'000}};

std::string text(const Event& event) {
    std::string out;
    encode(event, out);
    return out;
}

}  // namespace

TEST_CASE("the same seed makes the same records", "[workload]") {
    Workload one{World{}};
    Workload other{World{}};
    for (int i = 0; i < 100; ++i) {
        REQUIRE(text(one.trade(kNow)) == text(other.trade(kNow)));
        REQUIRE(text(one.tick(kNow)) == text(other.tick(kNow)));
    }
}

TEST_CASE("the log takes every record of the load", "[workload]") {
    World world;
    world.contests = 2;
    world.wallets = 3;
    Workload workload{world};
    Decoder decoder;
    auto events = workload.opening(kNow);
    REQUIRE(events.size() == 2 * (2 + 3) + world.symbols);
    for (int i = 0; i < 1'000; ++i) {
        events.emplace_back(workload.trade(kNow));
        events.emplace_back(workload.tick(kNow));
    }
    for (const auto& event : events) {
        const auto decoded = decoder.decode(text(event));
        REQUIRE(decoded.has_value());
        REQUIRE(text(*decoded) == text(event));
    }
}

TEST_CASE("trades are of the promised size and reach the whole world", "[workload]") {
    World world;
    Workload workload{world};
    std::set<std::string> contests;
    std::set<std::string> ids;
    std::size_t bytes = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto trade = workload.trade(kNow);
        contests.insert(*trade.contest_id);
        ids.insert(trade.trade_id);
        bytes += text(trade).size();
    }
    REQUIRE(contests.size() == world.contests);
    REQUIRE(ids.size() == 1'000);
    REQUIRE(bytes / 1'000 > 180);
    REQUIRE(bytes / 1'000 < 280);
}

}  // namespace duel::bench
