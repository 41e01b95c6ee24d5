// Against the brokers that librdkafka plays itself.

#include "ingest/io/sender.hpp"

#include "ingest/io/open_sources.hpp"
#include "ingest/io/simulation_source.hpp"
#include "ingest/io/topic_reader.hpp"
#include "tests/unit/ingest/io/brokers.hpp"
#include "tests/unit/scratch.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace duel;
using namespace duel::ingest;
using namespace std::chrono_literals;

namespace {

SimulationPlan plan_of(std::uint64_t steps) {
    SimulationPlan plan;
    plan.symbols = {"SOL", "BTC"};
    plan.wallets = 5;
    plan.start = Timestamp{1'700'000'000s};
    plan.step = 1ms;
    plan.steps = steps;
    plan.contest_id = "sim";
    return plan;
}

// 2 tokens, creation, 5 participants, start, completion.
constexpr std::uint64_t kAround = 10;

std::vector<std::string> values_in(const Brokers& brokers, const std::string& topic) {
    const platform::Shutdown shutdown;
    TopicReader reader{brokers.settings(), {topic}, {}, shutdown};
    std::vector<std::string> values;
    while (const auto record = reader.next())
        values.emplace_back(record->value());
    return values;
}

}  // namespace

TEST_CASE("everything that a source gives is in Kafka when sending is over", "[sender]") {
    const Brokers brokers;
    const platform::Shutdown shutdown;
    IngestMetrics metrics;
    SimulationSource source{plan_of(2'000)};
    const auto outcome = Sender{brokers.settings(), metrics, shutdown}.send(source, {});
    REQUIRE(outcome.delivered == 2'000 + kAround);
    REQUIRE(outcome.undelivered == 0);
    REQUIRE_FALSE(outcome.is_interrupted);
    REQUIRE(
        values_in(brokers, "trades").size() + values_in(brokers, "prices").size() ==
        outcome.delivered
    );
    REQUIRE(metrics.produced("participant_joined").Value() == 5);
}

TEST_CASE("lines of an event file arrive byte for byte, and refused ones are counted", "[sender]") {
    const Brokers brokers;
    const platform::Shutdown shutdown;
    const Scratch scratch;
    const std::string line =
        R"( {"timestamp":1700000000000,"price" : "1.50","symbol":"SOL","type":"price"})";
    const auto file = scratch.write("a.jsonl", line + "\nnonsense\n" + line + "\n");
    ReadLimit limit;
    IngestMetrics metrics;
    const auto outcome = Sender{brokers.settings(), metrics, shutdown}.send(
        *open_sources({file.string()}, limit), {}
    );
    REQUIRE(outcome.delivered == 2);
    REQUIRE(outcome.refused == 1);
    REQUIRE(metrics.refused().Value() == 1);
    REQUIRE(values_in(brokers, "prices") == std::vector<std::string>{line, line});
}

TEST_CASE("an interruption flushes what was sent and completes a simulated contest", "[sender]") {
    const Brokers brokers;
    platform::Shutdown shutdown;
    IngestMetrics metrics;
    SimulationPlan plan = plan_of(0);
    plan.steps.reset();
    SimulationSource source{plan};
    std::thread interruption{[&] {
        std::this_thread::sleep_for(300ms);
        shutdown.request();
    }};
    const auto outcome = Sender{brokers.settings(), metrics, shutdown}.send(source, {.speed = 1.0});
    interruption.join();
    REQUIRE(outcome.is_interrupted);
    REQUIRE(outcome.undelivered == 0);
    REQUIRE(outcome.delivered > kAround);
    REQUIRE(metrics.produced("contest_completed").Value() == 1);
}

TEST_CASE("with the broker away sending waits, and nothing is lost or doubled", "[sender]") {
    Brokers brokers;
    const platform::Shutdown shutdown;
    IngestMetrics metrics;
    SimulationSource source{plan_of(500)};
    std::thread outage{[&] {
        std::this_thread::sleep_for(100ms);
        brokers.away();
        std::this_thread::sleep_for(300ms);
        brokers.back();
    }};
    const auto outcome = Sender{brokers.settings(), metrics, shutdown}.send(source, {.speed = 1.0});
    outage.join();
    REQUIRE(outcome.delivered == 500 + kAround);
    auto trades = values_in(brokers, "trades");
    REQUIRE(trades.size() + values_in(brokers, "prices").size() == 500 + kAround);
}
