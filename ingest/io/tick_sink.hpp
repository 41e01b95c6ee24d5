#pragma once

// Ticks and states on their way to Kafka. While Kafka takes nothing, the newest tick of each symbol
// waits and older ones are dropped, with a count: memory is bounded, and what comes out first
// afterwards is how things stand.
//
// One thread.

#include "ingest/io/ingest_metrics.hpp"
#include "ingest/rules/latest_ticks.hpp"
#include "ingest/rules/record.hpp"
#include "platform/health.hpp"
#include "platform/kafka/producer.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace duel::ingest {

class TickSink {
public:
    // Says in `health` how Kafka stands, as "kafka"; a record that Kafka refuses is lost, counted,
    // and said there. All must outlive it.
    TickSink(
        const platform::KafkaSettings& kafka,
        IngestMetrics& metrics,
        platform::Health& health
    );

    // `tick` holds a Price.
    void send(const Event& tick);
    // A source's status; skipped while Kafka takes nothing, for it is sent again.
    void send_status(const Event& status);

    // Serves deliveries and lets go what waited; to be called many times a second.
    void poll();

    // Waits for what is on its way; how many records are given up.
    std::size_t flush(std::chrono::milliseconds longest);

private:
    using Clock = std::chrono::steady_clock;

    bool takes() const;
    void produce(const Event& event);
    void on_delivery(const platform::Delivery& delivery);
    void on_refused(std::string_view topic, const std::string& reason);
    void begin();
    void give_up(const platform::KafkaError& error);

    platform::KafkaSettings kafka_;
    IngestMetrics& metrics_;
    platform::Health& health_;
    prometheus::Counter& dropped_;
    prometheus::Counter& refusals_;
    std::atomic<bool> is_up_{true};
    std::set<std::string> refused_;  // topics whose latest record was not taken
    std::atomic<bool> never_wait_{true};
    OutgoingRecord record_;
    LatestTicks waiting_;
    // None for a while after Kafka refused it for good: it may write nothing at all.
    std::optional<platform::Producer> producer_;
    Clock::time_point next_producer_{};
};

}  // namespace duel::ingest
