#pragma once

// So many a second in the long run, and some more at once (a token bucket). One thread.

#include "wsserver/streams/now.hpp"

#include <algorithm>

namespace duel::wsserver {

class Allowance {
public:
    // `most` may come at once.
    Allowance(double per_second, double most, Instant now)
        : per_second_(per_second), most_(most), left_(most), at_(now) {}

    // How many may come now.
    double left(Instant now) {
        const std::chrono::duration<double> passed = now - at_;
        at_ = now;
        left_ = std::min(left_ + passed.count() * per_second_, most_);
        return left_;
    }
    // Takes one, where one is left.
    bool take(Instant now) {
        if (left(now) < 1) return false;
        left_ -= 1;
        return true;
    }

private:
    double per_second_;
    double most_;
    double left_;
    Instant at_;
};

}  // namespace duel::wsserver
