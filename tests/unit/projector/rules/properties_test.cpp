#include "tests/unit/projector/rules/random_stream.hpp"
#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

// Applies the stream, committing after batches whose sizes `batch` gives.
template <class World, class NextSize>
void run(World& world, const std::vector<Event>& events, NextSize&& next_size) {
    std::size_t left_in_batch = next_size();
    for (const Event& event : events) {
        // Far enough from the events' own times that none lies in the future.
        if (world.log_time < time_of(event)) world.log_time = time_of(event);
        world.take(event, 7ms);
        if (--left_in_batch == 0) {
            world.commit();
            left_in_batch = next_size();
        }
    }
    world.commit();
}

ContestWorld world_after(const std::vector<Event>& events, std::size_t batch) {
    return ContestWorld{
        [&](ContestWorld& world) { run(world, events, [batch] { return batch; }); }};
}

Tables tables_after(const std::vector<Event>& events, std::size_t batch) {
    return world_after(events, batch).tables;
}

TEST_CASE("the same records give the same rows", "[properties]") {
    for (const std::uint64_t seed : {1, 2, 3}) {
        const auto events = RandomStream{seed}.make(2'000);
        REQUIRE(difference(tables_after(events, 100), tables_after(events, 100)).empty());
    }
}

TEST_CASE("any batch sizes give the same rows", "[properties]") {
    for (const std::uint64_t seed : {4, 5, 6, 7}) {
        const auto events = RandomStream{seed}.make(2'000);
        const Tables whole = tables_after(events, events.size());
        REQUIRE(difference(whole, tables_after(events, 1)) == "");
        REQUIRE(difference(whole, tables_after(events, 37)) == "");
        std::mt19937_64 random{seed};
        ContestWorld world;
        run(world, events, [&] {
            return std::uniform_int_distribution<std::size_t>{1, 300}(random);
        });
        REQUIRE(difference(whole, world.tables) == "");
    }
}

TEST_CASE("the digest that is kept is that of the rows, however they came", "[properties]") {
    for (const std::uint64_t seed : {8, 9, 10}) {
        const auto events = RandomStream{seed}.make(2'000);
        const Digest whole = world_after(events, events.size()).digest;
        REQUIRE(world_after(events, 1).digest == whole);
        REQUIRE(world_after(events, 37).digest == whole);
        // A row of another seed, or one less, is another digest.
        REQUIRE(world_after(RandomStream{seed + 100}.make(2'000), 37).digest != whole);
        REQUIRE(world_after({events.begin(), events.end() - 40}, 37).digest != whole);
    }
}

TEST_CASE("any batch sizes give the same market", "[properties]") {
    std::mt19937_64 random{8};
    const auto below = [&](int n) { return std::uniform_int_distribution{0, n - 1}(random); };
    std::vector<Event> events;
    double seconds = 0;
    for (int i = 0; i < 3'000; ++i) {
        seconds += below(100) == 0 ? below(40'000) : below(60);
        const double late = below(10) == 0 ? below(90'000) : 0;
        const std::string symbol = "S" + std::to_string(below(3));
        const std::string size = std::to_string(1 + below(9));
        events.emplace_back(tick(
            symbol,
            std::to_string(1 + below(100)),
            std::max(0.0, seconds - late),
            below(3) > 0 ? std::optional<std::string_view>{size} : std::nullopt,
            below(2) == 0 ? std::optional{Side::buy} : std::nullopt
        ));
    }
    const auto rows = [&](std::size_t batch) {
        MarketWorld world;
        world.log_time = at(0);
        for (const Event& event : events) {
            world.log_time = std::max(world.log_time, time_of(event));
            world.take(event);
            if (world.state.seq % static_cast<std::int64_t>(batch) == 0) world.commit();
        }
        world.commit();
        return world.tables;
    };
    const Tables whole = rows(100'000);
    REQUIRE(difference(whole, rows(1)) == "");
    REQUIRE(difference(whole, rows(23)) == "");
}

TEST_CASE("cash, cost and realized PnL account for every trade exactly", "[properties]") {
    // Σ realized − Σ cost is what the trades brought in before fees.
    ContestWorld world;
    for (const Event& event : RandomStream{77}.make(4'000)) {
        if (world.log_time < time_of(event)) world.log_time = time_of(event);
        world.take(event, 7ms);
    }
    const auto check = [](const Accounts& accounts) {
        for (const Portfolio& portfolio : accounts.portfolios) {
            Amount costs;
            for (const Position* held : portfolio.positions)
                costs += held->row.cost;
            const PortfolioRow& row = portfolio.row;
            REQUIRE(row.cash == row.put_in + row.realized_pnl - costs - row.fees);
        }
    };
    for (const Contest& contest : world.state.book.contests)
        check(*contest.accounts);
    check(world.state.book.main);
}

}  // namespace
}  // namespace duel::projector
