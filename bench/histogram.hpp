#pragma once

#include <map>
#include <string>
#include <string_view>

namespace duel::bench {

// A Prometheus histogram, summed over its labels: how many observations lie at or below each bound.
class Histogram {
public:
    // Takes the buckets of that name out of a page of metrics.
    static Histogram read(std::string_view page, const std::string& name);

    // What came since an earlier reading.
    Histogram since(const Histogram& earlier) const;

    double count() const { return below_.empty() ? 0 : below_.rbegin()->second; }
    // The value below which that part (0.99) lies, as if observations were spread evenly within a
    // bucket; the last finite bound where it lies beyond, 0 without any.
    double percentile(double part) const;

private:
    std::map<double, double> below_;  // by upper bound, the last is infinite
};

// GET of an http URL on this machine, by curl. Throws where it fails.
std::string page_of(const std::string& url);

}  // namespace duel::bench
