#include "ingest/rules/simulation.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

using namespace std::chrono_literals;
using namespace duel;
using namespace duel::ingest;

namespace {

const Timestamp kStart = parse_timestamp("2025-11-13T19:15:12Z").value();

SimulationPlan plan_of(std::uint64_t seed, std::uint64_t steps = 5'000) {
    SimulationPlan plan;
    plan.seed = seed;
    plan.symbols = {"SOL", "BTC", "NOBODY-KNOWS"};
    plan.wallets = 20;
    plan.start = kStart;
    plan.step = 50ms;
    plan.steps = steps;
    plan.contest_id = "sim";
    return plan;
}

std::vector<Event> events_of(Simulation simulation) {
    std::vector<Event> events;
    while (auto event = simulation.next())
        events.push_back(*std::move(event));
    return events;
}

std::string lines(const std::vector<Event>& events) {
    std::string text;
    for (const Event& event : events) {
        encode(event, text);
        text += '\n';
    }
    return text;
}

template <class E>
std::vector<E> only(const std::vector<Event>& events) {
    std::vector<E> found;
    for (const Event& event : events)
        if (const E* one = std::get_if<E>(&event)) found.push_back(*one);
    return found;
}

}  // namespace

TEST_CASE("the same seed gives the same events, another seed others", "[simulation]") {
    const std::string first = lines(events_of(Simulation{plan_of(7)}));
    REQUIRE(first == lines(events_of(Simulation{plan_of(7)})));
    REQUIRE(first != lines(events_of(Simulation{plan_of(8)})));
}

TEST_CASE("a shorter simulation is the beginning of a longer one", "[simulation]") {
    auto whole = events_of(Simulation{plan_of(7, 200)});
    auto part = events_of(Simulation{plan_of(7, 100)});
    part.pop_back();  // its completion
    whole.resize(part.size());
    // All but the announced end of the contest.
    for (auto* events : {&whole, &part})
        for (Event& event : *events)
            if (auto* created = std::get_if<ContestCreated>(&event)) created->ends_at = kStart;
    REQUIRE(lines(part) == lines(whole));
}

TEST_CASE("every simulated event decodes, and happens at its step", "[simulation]") {
    const auto events = events_of(Simulation{plan_of(3)});
    Decoder decoder;
    Timestamp last = kStart;
    for (const Event& event : events) {
        std::string record;
        encode(event, record);
        REQUIRE(decoder.decode(record).value() == event);
        REQUIRE(time_of(event) >= last);
        last = time_of(event);
    }
    REQUIRE(last == kStart + 5'000 * 50ms);
}

TEST_CASE(
    "a simulated contest says that it is one, and is created, joined, started, completed",
    "[simulation]"
) {
    const auto events = events_of(Simulation{plan_of(3, 10)});
    const auto created = only<ContestCreated>(events);
    REQUIRE(created.size() == 1);
    REQUIRE(created.front().name == "Simulated contest (seed 3)");
    REQUIRE(created.front().ends_at == kStart + 10 * 50ms);
    REQUIRE(only<ParticipantJoined>(events).size() == 20);
    REQUIRE(only<ContestStarted>(events).size() == 1);
    REQUIRE(only<Token>(events).size() == 3);
    REQUIRE(type_of(events.back()) == "contest_completed");
}

TEST_CASE("everybody has a name and an address of his own", "[simulation]") {
    SimulationPlan plan = plan_of(3, 1);
    plan.wallets = 600;
    std::set<std::string> names;
    std::set<std::string> wallets;
    for (const auto& joined : only<ParticipantJoined>(events_of(Simulation{plan}))) {
        names.insert(joined.username);
        wallets.insert(joined.wallet_address);
    }
    REQUIRE(names.size() == 600);
    REQUIRE(wallets.size() == 600);
}

TEST_CASE("prices walk and never vanish, ticks outnumber trades", "[simulation]") {
    const auto events = events_of(Simulation{plan_of(5, 50'000)});
    std::map<std::string, std::set<Amount>> prices;
    for (const Price& tick : only<Price>(events)) {
        REQUIRE(tick.price > Amount{});
        REQUIRE(*tick.size > Amount{});
        prices[tick.symbol].insert(tick.price);
    }
    for (const auto& [symbol, seen] : prices)
        REQUIRE(seen.size() > 100);
    const auto trades = only<Trade>(events);
    REQUIRE(trades.size() > 5'000);
    REQUIRE(only<Price>(events).size() > 2 * trades.size());
}

TEST_CASE("bots end up with different fortunes", "[simulation]") {
    const auto events = events_of(Simulation{plan_of(5, 20'000)});
    std::map<std::string, Amount> marks;
    for (const Price& tick : only<Price>(events))
        marks[tick.symbol] = tick.price;
    std::map<std::string, Amount> equity;
    for (const Trade& trade : only<Trade>(events)) {
        const Amount value = multiply(trade.amount, trade.price);
        const Amount worth = multiply(trade.amount, marks[trade.symbol]);
        const bool buys = trade.side == Side::buy;
        equity[trade.wallet_address] += (buys ? worth - value : value - worth) - trade.fee;
    }
    REQUIRE(equity.size() == 20);
    std::set<Amount> fortunes;
    for (const auto& [wallet, change] : equity)
        fortunes.insert(change);
    REQUIRE(fortunes.size() == 20);
    REQUIRE(*fortunes.rbegin() - *fortunes.begin() > Amount::from_integer(100));
}

TEST_CASE("ids are unique, and a later simulation repeats none of them", "[simulation]") {
    SimulationPlan later = plan_of(7, 500);
    later.start += 1s;
    std::set<std::string> ids;
    std::size_t trades = 0;
    for (const auto& plan : {plan_of(7, 500), later})
        for (const Trade& trade : only<Trade>(events_of(Simulation{plan}))) {
            ids.insert(trade.trade_id);
            ++trades;
        }
    REQUIRE(trades > 100);
    REQUIRE(ids.size() == trades);
}

TEST_CASE("a simulation without an end goes on until it is finished", "[simulation]") {
    SimulationPlan plan = plan_of(7);
    plan.steps.reset();
    Simulation simulation{plan};
    for (int count = 0; count < 20'000; ++count)
        REQUIRE(simulation.next().has_value());
    REQUIRE(simulation.fraction() == std::nullopt);
    simulation.finish();
    REQUIRE(type_of(simulation.next().value()) == "contest_completed");
    REQUIRE_FALSE(simulation.next().has_value());
}

TEST_CASE(
    "one that is finished before its start still opens the contest it completes",
    "[simulation]"
) {
    Simulation simulation{plan_of(7)};
    simulation.finish();
    const auto events = events_of(std::move(simulation));
    REQUIRE(only<ContestStarted>(events).size() == 1);
    REQUIRE(type_of(events.back()) == "contest_completed");
    REQUIRE(time_of(events.back()) == kStart);
}

TEST_CASE("a contest without a name is called after its start", "[simulation]") {
    REQUIRE(simulated_contest_id(kStart + 999ms) == "sim-20251113-191512");
}
