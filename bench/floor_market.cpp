#include "bench/floor_market.hpp"

#include <algorithm>

namespace duel::bench {

FloorCandle opened_by(const Price& tick, std::int64_t symbol_no, const FloorInterval& interval) {
    FloorCandle candle;
    candle.symbol_no = symbol_no;
    candle.interval = interval.name;
    candle.opened_at = interval.opening_of(tick.timestamp);
    candle.first_at = tick.timestamp;
    candle.open = candle.high = candle.low = tick.price;
    return candle;
}

void FloorCandle::add(const Price& tick, std::int64_t tick_seq) {
    seq = tick_seq;
    last_at = tick.timestamp;
    close = tick.price;
    high = std::max(high, tick.price);
    low = std::min(low, tick.price);
    if (!tick.size) return;
    trades_count += 1;
    volume += *tick.size;
    if (tick.side) (*tick.side == Side::buy ? buy_volume : sell_volume) += *tick.size;
}

}  // namespace duel::bench
