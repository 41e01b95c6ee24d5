#include "ingest/rules/trade_memory.hpp"

#include <algorithm>

namespace duel::ingest {
namespace {

// Ids that are further apart are none of one row: the exchange began anew, or one of them is wrong.
constexpr std::uint64_t kRenumbered = 1'000'000;

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
    return std::max(a, b) - std::min(a, b);
}

}  // namespace

TradeMemory::Answer
TradeMemory::see(std::size_t market, std::uint64_t trade_id, std::uint64_t ids) {
    const Key key{trade_id, market};
    if (!known_.insert(key).second) return {.is_new = false, .missed = 0};
    if (order_.size() < most_) {
        order_.push_back(key);
    } else {
        known_.erase(std::exchange(order_[oldest_], key));
        oldest_ = (oldest_ + 1) % most_;
    }
    auto& newest = market_at(market).newest_id;
    if (!newest || distance(*newest, trade_id) > kRenumbered) newest = trade_id;
    std::uint64_t missed = 0;
    if (ids > 0 && trade_id > *newest)
        missed = trade_id - *newest - std::min(ids, trade_id - *newest);
    newest = std::max(*newest, trade_id);
    return {.is_new = true, .missed = missed};
}

bool TradeMemory::see(std::size_t market, Timestamp at) {
    auto& known = market_at(market);
    if (known.known_until && at <= *known.known_until) return false;
    known.newest = std::max(known.newest.value_or(at), at);
    return true;
}

bool TradeMemory::knows(std::size_t market, std::uint64_t trade_id) const {
    return known_.contains(Key{trade_id, market});
}

bool TradeMemory::knows(std::size_t market) const {
    return market < markets_.size() &&
           (markets_[market].newest_id.has_value() || markets_[market].newest.has_value());
}

void TradeMemory::reconnected() {
    for (auto& market : markets_)
        market.known_until = market.newest;
}

TradeMemory::Market& TradeMemory::market_at(std::size_t market) {
    if (market >= markets_.size()) markets_.resize(market + 1);
    return markets_[market];
}

}  // namespace duel::ingest
