#pragma once

// The numbers of the ingest for Prometheus; all of them are there from the start.

#include "platform/metrics.hpp"

#include <string_view>
#include <unordered_map>

namespace duel::ingest {

class IngestMetrics {
public:
    IngestMetrics();

    // Events that Kafka acknowledged, by type.
    prometheus::Counter& produced(std::string_view type) { return *produced_.at(type); }
    prometheus::Counter& refused() { return *refused_; }
    // Records on their way to Kafka.
    prometheus::Gauge& queue() { return *queue_; }

    const platform::Metrics& all() const { return metrics_; }
    platform::Metrics& all() { return metrics_; }

private:
    platform::Metrics metrics_{"duel-ingest"};
    std::unordered_map<std::string_view, prometheus::Counter*> produced_;
    prometheus::Counter* refused_;
    prometheus::Gauge* queue_;
};

}  // namespace duel::ingest
