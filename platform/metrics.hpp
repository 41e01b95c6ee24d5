#pragma once

// The numbers of a program for Prometheus.
//
// Asking twice for the same name and labels gives the same object; it lives as long as the
// Metrics. Ask once and keep the reference: asking locks, counting does not. Thread-safe.
// Names are `duel_<what>_<unit>`, counters end in `_total`.

#include <map>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <string>
#include <vector>

namespace duel::platform {

using Labels = std::map<std::string, std::string>;

class Metrics {
public:
    // Every program has `duel_build_info{program}` and the usual `process_*` from the start.
    explicit Metrics(const std::string& program);

    prometheus::Counter&
    counter(const std::string& name, const std::string& help, const Labels& labels = {});
    prometheus::Gauge&
    gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    prometheus::Histogram& histogram(
        const std::string& name,
        const std::string& help,
        const std::vector<double>& buckets,
        const Labels& labels = {}
    );

    // Everything in the text exposition format.
    std::string text() const;

    prometheus::Registry& registry() { return registry_; }

    // Upper bounds in seconds from 0.5 ms to 30 s, for latencies.
    static std::vector<double> latency_buckets();

private:
    prometheus::Registry registry_;
};

}  // namespace duel::platform
