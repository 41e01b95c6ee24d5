#include "platform/backoff.hpp"

#include <algorithm>

namespace duel::platform {

Backoff::Backoff(Settings settings, std::uint64_t seed) : settings_(settings), random_(seed) {}

std::chrono::milliseconds Backoff::next() {
    constexpr std::uint32_t kMostDoublings = 30;  // past any sensible cap, before any overflow
    auto doubled = settings_.base * (std::int64_t{1} << std::min(failures_, kMostDoublings));
    auto ceiling = std::min<std::chrono::milliseconds>(settings_.cap, doubled);
    ++failures_;
    std::uniform_int_distribution<std::int64_t> draw(0, std::max<std::int64_t>(ceiling.count(), 0));
    return std::max(settings_.floor, std::chrono::milliseconds(draw(random_)));
}

}  // namespace duel::platform
