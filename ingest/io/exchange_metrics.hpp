#pragma once

// The numbers of the exchanges for Prometheus; all of a source's are there from the start.

#include "ingest/io/ingest_metrics.hpp"
#include "ingest/rules/observation.hpp"
#include "ingest/rules/tick_maker.hpp"

#include <array>
#include <string>

namespace duel::ingest {

// Why prices of a source did not go to the log.
enum class Withheld { repeated, unchanged, stale, outlier, spare, stranger };

class SourceMetrics {
public:
    SourceMetrics(platform::Metrics& metrics, const std::string& source);

    prometheus::Counter& frames(FrameReading::Kind kind) {
        return *frames_.at(static_cast<std::size_t>(kind));
    }
    prometheus::Counter& bad_frames() { return *bad_frames_; }
    prometheus::Counter& ticks() { return *ticks_; }
    prometheus::Counter& withheld(Withheld why) {
        return *withheld_.at(static_cast<std::size_t>(why));
    }
    prometheus::Counter& missed() { return *missed_; }
    prometheus::Counter& clamped() { return *clamped_; }
    prometheus::Counter& connections() { return *connections_; }
    prometheus::Counter& failures() { return *failures_; }
    prometheus::Counter& trips() { return *trips_; }
    prometheus::Gauge& breaker() { return *breaker_; }
    prometheus::Gauge& delay() { return *delay_; }

private:
    std::array<prometheus::Counter*, 6> frames_{};
    std::array<prometheus::Counter*, 6> withheld_{};
    prometheus::Counter* bad_frames_;
    prometheus::Counter* ticks_;
    prometheus::Counter* missed_;
    prometheus::Counter* clamped_;
    prometheus::Counter* connections_;
    prometheus::Counter* failures_;
    prometheus::Counter* trips_;
    prometheus::Gauge* breaker_;
    prometheus::Gauge* delay_;
};

}  // namespace duel::ingest
