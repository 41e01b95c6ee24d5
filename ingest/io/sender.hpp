#pragma once

// Sends what a source gives to Kafka, at a pace, and waits until all of it is there.

#include "ingest/io/ingest_metrics.hpp"
#include "ingest/io/source.hpp"
#include "ingest/rules/pacing.hpp"
#include "platform/kafka/producer.hpp"
#include "platform/progress_printer.hpp"
#include "platform/shutdown.hpp"

#include <string>

namespace duel::ingest {

struct SendOutcome {
    std::uint64_t delivered{};    // acknowledged by Kafka
    std::uint64_t undelivered{};  // given up: more than 0 only after an interruption
    std::uint64_t refused{};
    std::chrono::milliseconds elapsed{};
    bool is_interrupted{};
    std::optional<double> fraction{};  // of the input that was read before the interruption
};

class Sender {
public:
    // All must outlive it.
    Sender(
        const platform::KafkaSettings& kafka,
        IngestMetrics& metrics,
        const platform::Shutdown& shutdown,
        platform::KafkaStateHook on_state = {}
    );

    // Sends until the source ends. Refused lines are printed and counted. With the brokers away it
    // waits and goes on when they are back. Asked to stop, it stops the source, flushes for ten
    // seconds at most and says what did not arrive. Throws KafkaError when Kafka refuses a record
    // for good: nothing is skipped.
    SendOutcome send(Source& source, const Pace& pace);

private:
    void take(const OutgoingRecord& record);
    bool hold(Pacing& pacing, Timestamp at);
    void show_progress(const Source& source);
    std::size_t flush(const Source& source);
    void check_deliveries() const;

    IngestMetrics& metrics_;
    const platform::Shutdown& shutdown_;
    std::string first_failure_;
    platform::Producer producer_;
    platform::ProgressPrinter printer_;
    SendOutcome outcome_;
    std::uint64_t taken_{0};
};

}  // namespace duel::ingest
