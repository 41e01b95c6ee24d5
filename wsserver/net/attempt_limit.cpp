#include "wsserver/net/attempt_limit.hpp"

namespace duel::wsserver {

std::optional<std::chrono::seconds> AttemptLimit::attempt(const std::string& key, Instant now) {
    if (most_ == 0) return {};
    const std::lock_guard lock{mutex_};
    if (now >= next_cleaning_) forget_old(now);
    auto& times = attempts_[key];
    while (!times.empty() && now - times.front() >= kWindow)
        times.pop_front();
    if (times.size() >= most_)
        return std::chrono::ceil<std::chrono::seconds>(times.front() + kWindow - now);
    times.push_back(now);
    return {};
}

void AttemptLimit::forget_old(Instant now) {
    next_cleaning_ = now + kWindow;
    std::erase_if(attempts_, [&](const auto& one) {
        return one.second.empty() || now - one.second.back() >= kWindow;
    });
}

}  // namespace duel::wsserver
