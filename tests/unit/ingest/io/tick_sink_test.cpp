// Against the brokers that librdkafka plays itself.

#include "ingest/io/tick_sink.hpp"

#include "ingest/io/topic_reader.hpp"
#include "platform/shutdown.hpp"
#include "tests/unit/ingest/io/brokers.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <thread>

using namespace duel;
using namespace duel::ingest;
using namespace std::chrono_literals;

namespace {

Event tick(const char* symbol, std::int64_t second) {
    Price made;
    made.symbol = symbol;
    made.price = Amount::from_integer(second);
    made.timestamp = Timestamp{std::chrono::seconds{1'700'000'000 + second}};
    return made;
}

// {symbol: prices in order} of the topic.
std::map<std::string, std::vector<std::string>> prices(const Brokers& brokers) {
    const platform::Shutdown shutdown;
    TopicReader reader{brokers.settings(), {"prices"}, {}, shutdown};
    Decoder decoder;
    std::map<std::string, std::vector<std::string>> found;
    while (const auto record = reader.next()) {
        const auto event = decoder.decode(record->value()).value();
        const auto& price = std::get<Price>(event);
        found[price.symbol].push_back(price.price.text());
    }
    return found;
}

template <class Condition>
void until(TickSink& sink, Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
        sink.poll();
        std::this_thread::sleep_for(5ms);
    }
    REQUIRE(condition());
}

}  // namespace

TEST_CASE("while Kafka is away the newest tick of each symbol waits", "[sink]") {
    Brokers brokers;
    IngestMetrics metrics;
    platform::Health health;
    TickSink sink{brokers.settings(), metrics, health};
    auto& produced = metrics.produced("price");
    sink.send(tick("BTC", 1));
    until(sink, [&] { return produced.Value() == 1; });

    brokers.away();
    until(sink, [&] { return !health.ready(); });
    constexpr int kTicks = 1'000;
    for (int second = 2; second < kTicks; ++second) {
        sink.send(tick("BTC", second));
        sink.send(tick("ETH", second));
    }
    sink.send_status(tick("no status while away", 1));
    auto& dropped = metrics.all().counter("duel_ingest_dropped_ticks_total", "");
    REQUIRE(dropped.Value() == 2 * (kTicks - 3));

    brokers.back();
    until(sink, [&] { return health.ready() && produced.Value() == 3; });
    REQUIRE(sink.flush(10s) == 0);
    const auto found = prices(brokers);
    REQUIRE(found.size() == 2);
    REQUIRE(found.at("BTC") == std::vector<std::string>{"1", "999"});
    REQUIRE(found.at("ETH") == std::vector<std::string>{"999"});
}
