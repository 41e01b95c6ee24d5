#pragma once

// What a thread observes for a histogram, handed on now and then: a histogram locks, this does not.

#include "platform/metrics.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace duel::wsserver {

// With the buckets of platform::Metrics::latency_buckets(). One thread.
class Observations {
public:
    explicit Observations(prometheus::Histogram& histogram)
        : histogram_(histogram),
          bounds_(platform::Metrics::latency_buckets()),
          counts_(bounds_.size() + 1) {}

    // Below zero counts as zero: clocks of two machines may be apart.
    void add(double seconds) {
        seconds = std::max(seconds, 0.0);
        const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), seconds);
        ++counts_[static_cast<std::size_t>(bucket - bounds_.begin())];
        sum_ += seconds;
        has_any_ = true;
    }

    void hand_on() {
        if (!std::exchange(has_any_, false)) return;
        histogram_.ObserveMultiple(counts_, std::exchange(sum_, 0));
        std::fill(counts_.begin(), counts_.end(), 0);
    }

private:
    prometheus::Histogram& histogram_;
    std::vector<double> bounds_;
    std::vector<double> counts_;
    double sum_ = 0;
    bool has_any_ = false;
};

}  // namespace duel::wsserver
