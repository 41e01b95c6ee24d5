#include "tests/unit/projector/rules/reference/market.hpp"

#include "tests/unit/projector/rules/reference/market_stream.hpp"
#include "tests/unit/projector/rules/reference/written_market.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>

namespace duel::projector::reference {
namespace {

using std::chrono::microseconds;
using Counts = std::map<std::string, int>;

// How many values of the column are null.
int nulls(const std::map<std::string, std::string>& rows, int column) {
    int count = 0;
    for (const auto& [key, row] : rows) {
        std::istringstream values{row};
        std::string value;
        for (int i = 0; i <= column; ++i)
            values >> value;
        count += value == "-" ? 1 : 0;
    }
    return count;
}

void note(const Price& tick, std::optional<Timestamp> now, Counts& seen) {
    if (!tick.size) ++seen["without size"];
    if (tick.size && !tick.side) ++seen["without side"];
    if (tick.size && *tick.size < amount("1e-17")) ++seen["size of 1e-18"];
    if (tick.size && *tick.size >= amount("1e15")) ++seen["size of 1e15"];
    if (!now || tick.timestamp >= *now) return;
    ++seen["late"];
    if (tick.timestamp < *now - minutes{5}) ++seen["late by minutes"];
    if (tick.timestamp < *now - minutes{1'440}) ++seen["late by a day"];
}

// One stream through the projector and the reference, in batches of any size.
void compare(std::uint64_t seed, Counts& seen) {
    MarketWorld world;
    WrittenMarket written;
    MarketReference reference;
    std::mt19937_64 random{seed};
    const auto commit = [&] {
        written.see(world.state);
        world.commit();
        INFO("up to record " << world.state.seq);
        if (written.tables != reference.tables()) {
            const std::string differing = difference(written.tables, reference.tables());
            INFO(differing);
            REQUIRE(differing.empty());
        }
        seen["change unknown"] += nulls(reference.tables()["prices"], 2);
        seen["volume unknown"] += nulls(reference.tables()["prices"], 3);
        seen["no tick in the window"] += nulls(reference.tables()["prices"], 4);
        for (const auto& [key, row] : reference.tables()["market_sentiment"])
            ++seen[row.substr(0, row.find(' '))];
    };
    int left_in_batch = 1;
    for (Event& event : MarketStream{seed}.make(450)) {
        world.log_time = std::max(world.log_time, time_of(event));
        const Timestamp limit = world.log_time + minutes{1};
        if (const int dice = std::uniform_int_distribution{0, 99}(random); dice < 2)
            std::visit([&](auto& e) { e.timestamp = limit + microseconds{dice}; }, event);
        const auto now = reference.now();
        const std::string outcome = world.take(event);
        INFO("record " << world.state.seq << ", " << type_of(event) << ": " << outcome);
        REQUIRE(outcome == reference.take(event, world.log_time));
        const bool is_future = time_of(event) > limit;
        ++seen[std::string{type_of(event)} + ' ' + (is_future ? "in the future" : outcome)];
        if (const auto* price = std::get_if<Price>(&event)) note(*price, now, seen);
        if (--left_in_batch > 0) continue;
        commit();
        left_in_batch = std::uniform_int_distribution{1, 20}(random);
    }
    commit();
    for (const auto& [table, rows] : reference.tables())
        seen["rows of " + table] += static_cast<int>(rows.size());
}

// What the streams must have brought, and how often at least.
constexpr std::pair<const char*, int> kOccurrences[] = {
    {"price applied", 40'000},
    {"price INVALID_FIELD", 100},
    {"price in the future", 200},
    {"token applied", 500},
    {"without size", 5'000},
    {"without side", 5'000},
    {"size of 1e-18", 1'000},
    {"size of 1e15", 1'000},
    {"late", 5'000},
    {"late by minutes", 5'000},
    {"late by a day", 1'000},
    {"change unknown", 50},
    {"volume unknown", 50},
    {"no tick in the window", 20},
    {"increasing", 100},
    {"decreasing", 100},
    {"stable", 100},
    {"rows of candles", 50'000},
};

TEST_CASE("an independent computation agrees on every row of a market shard", "[reference]") {
    Counts seen;
    for (std::uint64_t seed = 100; seed < 200; ++seed) {
        INFO("seed " << seed);
        compare(seed, seen);
    }
    for (const auto& [what, least] : kOccurrences) {
        INFO(what << ": " << seen[what]);
        REQUIRE(seen[what] >= least);
    }
}

}  // namespace
}  // namespace duel::projector::reference
