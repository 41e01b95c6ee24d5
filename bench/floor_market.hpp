#pragma once

// What the floor of ticks keeps of the market.

#include "core/event.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace duel::bench {

struct FloorInterval {
    std::string_view name;
    std::chrono::minutes length;

    Timestamp opening_of(Timestamp at) const { return at - at.time_since_epoch() % length; }
};

inline constexpr std::array<FloorInterval, 6> kFloorIntervals{{
    {"1m", std::chrono::minutes{1}},
    {"5m", std::chrono::minutes{5}},
    {"15m", std::chrono::minutes{15}},
    {"1h", std::chrono::hours{1}},
    {"4h", std::chrono::hours{4}},
    {"1d", std::chrono::hours{24}},
}};

struct FloorCandle {
    std::int64_t symbol_no = 0;
    std::string_view interval;
    Timestamp opened_at;
    Timestamp first_at;
    Timestamp last_at;
    std::int64_t seq = 0;
    std::int64_t trades_count = 0;
    Amount open;
    Amount high;
    Amount low;
    Amount close;
    Amount volume;
    Amount buy_volume;
    Amount sell_volume;
    bool stored = false;

    void add(const Price& tick, std::int64_t tick_seq);
};

// Without the tick itself: that is still to be added.
FloorCandle opened_by(const Price& tick, std::int64_t symbol_no, const FloorInterval& interval);

struct FloorSymbol {
    std::int64_t no = 0;
    std::vector<std::int64_t> mark_nos;  // its number in each contest shard
    std::int64_t seq = 0;
    Timestamp at;
    Amount price;
    std::array<FloorCandle, kFloorIntervals.size()> candles;  // the current ones
    bool stored = false;
    bool changed = false;  // and so have all its candles

    const FloorCandle& hour() const { return candles[3]; }
    const FloorCandle& day() const { return candles[5]; }
};

}  // namespace duel::bench
