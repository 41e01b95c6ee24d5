#include "wsserver/net/line_limit.hpp"

#include <utility>

namespace duel::wsserver {
namespace {

constexpr double kBurst = 10;  // seconds' worth
constexpr std::chrono::seconds kTellEvery{10};

}  // namespace

LineLimit::LineLimit(std::string_view kind, double per_second, Instant now)
    : kind_(kind), per_second_(per_second), allowance_(per_second, kBurst * per_second, now) {}

bool LineLimit::take(Instant now) {
    const std::lock_guard lock{mutex_};
    if (allowance_.take(now)) return true;
    if (kept_back_++ == 0) kept_back_since_ = now;
    return false;
}

std::uint64_t LineLimit::take_kept_back(Instant now) {
    const std::lock_guard lock{mutex_};
    if (kept_back_ == 0) return 0;
    // In a flood that goes on now and then, at its end soon.
    if (allowance_.left(now) < per_second_ && now - kept_back_since_ < kTellEvery) return 0;
    return std::exchange(kept_back_, 0);
}

void LineLimit::tell_kept_back(Instant now) {
    if (const auto count = take_kept_back(now); count > 0)
        platform::log::info("and {} more lines about {}", count, kind_);
}

}  // namespace duel::wsserver
