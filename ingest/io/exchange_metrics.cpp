#include "ingest/io/exchange_metrics.hpp"

namespace duel::ingest {
namespace {

constexpr std::array<const char*, 6>
    kKinds{"prices", "acknowledged", "heartbeat", "refused", "leaving", "other"};
constexpr std::array<const char*, 6>
    kWithheld{"repeated", "unchanged", "stale", "outlier", "spare", "stranger"};

}  // namespace

SourceMetrics::SourceMetrics(platform::Metrics& metrics, const std::string& source) {
    const auto counter = [&](const char* name, const char* help, platform::Labels labels = {}) {
        labels["source"] = source;
        return &metrics.counter(name, help, labels);
    };
    const auto gauge = [&](const char* name, const char* help) {
        return &metrics.gauge(name, help, {{"source", source}});
    };
    for (std::size_t index = 0; index < kKinds.size(); ++index)
        frames_.at(index) = counter(
            "duel_ingest_exchange_frames_total",
            "Messages of an exchange that could be read.",
            {{"kind", kKinds.at(index)}}
        );
    for (std::size_t index = 0; index < kWithheld.size(); ++index)
        withheld_.at(index) = counter(
            "duel_ingest_exchange_withheld_total",
            "Prices of an exchange that did not become ticks.",
            {{"why", kWithheld.at(index)}}
        );
    bad_frames_ = counter(
        "duel_ingest_exchange_bad_frames_total", "Messages of an exchange that were no good."
    );
    ticks_ = counter("duel_ingest_exchange_ticks_total", "Ticks made of an exchange's prices.");
    missed_ = counter(
        "duel_ingest_exchange_missed_total",
        "Trades and messages missing between those that came, by their ids and numbers."
    );
    clamped_ = counter(
        "duel_ingest_exchange_clamped_total", "Times too far ahead of ours that were set back."
    );
    connections_ = counter("duel_ingest_exchange_connections_total", "Connections that stood.");
    failures_ = counter(
        "duel_ingest_exchange_failures_total", "What counted against the breaker of an exchange."
    );
    trips_ = counter("duel_ingest_exchange_trips_total", "Openings of the breaker.");
    breaker_ = gauge(
        "duel_ingest_exchange_breaker", "How the breaker stands: 0 closed, 1 open, 2 half open."
    );
    delay_ = gauge(
        "duel_ingest_exchange_delay_seconds",
        "How old the newest price was when it came; below 0 for a clock ahead of ours."
    );
}

}  // namespace duel::ingest
