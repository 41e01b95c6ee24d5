#include "ingest/rules/latest_ticks.hpp"

namespace duel::ingest {

bool LatestTicks::keep(const Price& tick) {
    const auto [found, is_new] = ticks_.try_emplace(tick.symbol, tick);
    if (is_new) return false;
    // The latest is by time; a late one goes.
    if (tick.timestamp >= found->second.timestamp) found->second = tick;
    return true;
}

std::optional<Price> LatestTicks::take() {
    if (ticks_.empty()) return std::nullopt;
    return std::move(ticks_.extract(ticks_.begin()).mapped());
}

}  // namespace duel::ingest
