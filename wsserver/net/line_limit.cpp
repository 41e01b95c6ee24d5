#include "wsserver/net/line_limit.hpp"

#include <algorithm>
#include <utility>

namespace duel::wsserver {
namespace {

constexpr double kBurst = 10;  // seconds' worth
constexpr std::chrono::seconds kTellEvery{10};

}  // namespace

LineLimit::LineLimit(std::string_view kind, double per_second, Instant now)
    : kind_(kind), per_second_(per_second), allowance_(kBurst * per_second), at_(now) {}

void LineLimit::refill(Instant now) {
    const std::chrono::duration<double> passed = now - at_;
    at_ = now;
    allowance_ = std::min(allowance_ + passed.count() * per_second_, kBurst * per_second_);
}

bool LineLimit::take(Instant now) {
    const std::lock_guard lock{mutex_};
    refill(now);
    if (allowance_ < 1) {
        if (kept_back_++ == 0) kept_back_since_ = now;
        return false;
    }
    allowance_ -= 1;
    return true;
}

std::uint64_t LineLimit::take_kept_back(Instant now) {
    const std::lock_guard lock{mutex_};
    if (kept_back_ == 0) return 0;
    refill(now);
    // In a flood that goes on now and then, at its end soon.
    if (allowance_ < per_second_ && now - kept_back_since_ < kTellEvery) return 0;
    return std::exchange(kept_back_, 0);
}

void LineLimit::tell_kept_back(Instant now) {
    if (const auto count = take_kept_back(now); count > 0)
        platform::log::info("and {} more lines about {}", count, kind_);
}

}  // namespace duel::wsserver
