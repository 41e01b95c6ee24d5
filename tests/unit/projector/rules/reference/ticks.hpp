#pragma once

#include "core/event.hpp"
#include "tests/unit/projector/rules/reference/numbers.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

// Candles, 24 hours and sentiment of a symbol, each anew from all its ticks: part of the slow
// reference. Shares no code with projector/rules.
namespace duel::projector::reference {

struct Tick {
    Timestamp at;
    Whole price;
    std::optional<Whole> size;
    std::optional<Side> side;
    Timestamp now;  // the shard's when it came
};
using Ticks = std::vector<Tick>;  // in the log's order

using std::chrono::minutes;

struct Length {
    const char* name;
    minutes length;
};
inline constexpr Length kLengths[] = {
    {"1m", minutes{1}},
    {"5m", minutes{5}},
    {"15m", minutes{15}},
    {"1h", minutes{60}},
    {"4h", minutes{240}},
    {"1d", minutes{1'440}}};

inline Timestamp opening(Timestamp at, minutes length) {
    return Timestamp{at.time_since_epoch() / length * length};
}
inline Timestamp minute(Timestamp at) {
    return opening(at, minutes{1});
}

inline std::string candle_row(const Ticks& ticks, Timestamp opened_at, minutes length) {
    const Tick* first = nullptr;
    const Tick* last = nullptr;
    Whole high, low, volume, bought, sold;
    int trades = 0, late = 0;
    for (const Tick& tick : ticks) {
        if (tick.at < opened_at || tick.at >= opened_at + length) continue;
        high = first == nullptr ? tick.price : std::max(high, tick.price);
        low = first == nullptr ? tick.price : std::min(low, tick.price);
        if (first == nullptr || tick.at < first->at) first = &tick;
        if (last == nullptr || tick.at >= last->at) last = &tick;
        if (tick.now >= opened_at + length) ++late;
        if (!tick.size) continue;
        ++trades;
        volume += *tick.size;
        if (tick.side) (*tick.side == Side::buy ? bought : sold) += *tick.size;
    }
    return cells(first->at, last->at, trades, late, first->price, high, low, last->price) + ' ' +
           cells(volume, bought, sold);
}

// The window is the current minute and the 1,440 before it.
inline std::string price_row(const Ticks& ticks, Timestamp now) {
    const Timestamp start = minute(now) - minutes{1'440};
    const Tick* newest = nullptr;
    const Tick* oldest = nullptr;
    const Tick* before = nullptr;  // the newest before the window
    Whole volume;
    std::optional<Whole> high, low;
    for (const Tick& tick : ticks) {
        if (newest == nullptr || tick.at >= newest->at) newest = &tick;
        if (oldest == nullptr || tick.at < oldest->at) oldest = &tick;
        if (tick.at < start) {
            if (before == nullptr || tick.at >= before->at) before = &tick;
            continue;
        }
        high = high ? std::max(*high, tick.price) : tick.price;
        low = low ? std::min(*low, tick.price) : tick.price;
        if (tick.size) volume += *tick.size;
    }
    const Tick* then = before != nullptr ? before : oldest;
    const auto change = percent(newest->price, then->price);
    return cells(newest->at, newest->price, change, derived(volume), high, low);
}

inline bool is_sized(const Ticks& ticks) {
    return std::ranges::any_of(ticks, [](const Tick& tick) { return tick.size.has_value(); });
}

// By whole minutes: the last 60 by side; the last 15 against a quarter of the 60 before.
inline std::string mood_row(const Ticks& ticks, Timestamp now) {
    Whole bought, sold, recent, earlier;
    for (const Tick& tick : ticks) {
        const auto age = minute(now) - minute(tick.at);
        if (!tick.size || age >= minutes{75}) continue;
        (age < minutes{15} ? recent : earlier) += *tick.size;
        if (age < minutes{60} && tick.side) (*tick.side == Side::buy ? bought : sold) += *tick.size;
    }
    const Whole sided = bought + sold;
    const Whole buying = sided == 0 ? Whole{0} : quotient(bought * kOne, sided);
    const Whole selling = sided == 0 ? Whole{0} : kOne - buying;
    std::string trend = "stable";
    if (recent * 4 * 10 > earlier * 11) trend = "increasing";
    if (recent * 4 * 10 < earlier * 9) trend = "decreasing";
    return cells(trend, buying - selling, buying, selling);
}

}  // namespace duel::projector::reference
