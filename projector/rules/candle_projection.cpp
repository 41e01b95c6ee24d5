#include "projector/rules/candle_projection.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

using std::chrono::minutes;

CandleRow opened_by(const MarketSymbol& symbol, Interval interval, const Price& event) {
    CandleRow candle;
    candle.symbol_no = symbol.row.symbol_no;
    candle.interval = interval;
    candle.opened_at = opening_of(interval, event.timestamp);
    candle.first_at = event.timestamp;
    candle.last_at = event.timestamp;
    candle.open = candle.high = candle.low = candle.close = event.price;
    return candle;
}

void add_size(WideSum& sum, const Price& event) {
    if (event.size) sum.add(*event.size);
}

// A tick of the window joins the sums; `now` is its shard's, the tick included.
void add_to_sums(WindowSums& sums, const Price& event, Timestamp now) {
    sums.high = sums.high ? std::max(*sums.high, event.price) : event.price;
    sums.low = sums.low ? std::min(*sums.low, event.price) : event.price;
    add_size(sums.volume, event);
    const minutes age =
        std::chrono::duration_cast<minutes>(minute_of(now) - minute_of(event.timestamp));
    if (age < minutes{60} && event.side)
        add_size(*event.side == Side::buy ? sums.buy_60 : sums.sell_60, event);
    if (age < minutes{15}) {
        add_size(sums.volume_15, event);
    } else if (age < minutes{75}) {
        add_size(sums.volume_60_before, event);
    }
}

}  // namespace

WindowSums window_sums(const Candles& candles, Timestamp minute) {
    WindowSums sums;
    for (auto it = candles.lower_bound(minute - kWindow); it != candles.end(); ++it) {
        const CandleRow& candle = it->second;
        sums.high = sums.high ? std::max(*sums.high, candle.high) : candle.high;
        sums.low = sums.low ? std::min(*sums.low, candle.low) : candle.low;
        sums.volume.add(candle.volume);
        const auto age = minute - candle.opened_at;
        if (age < minutes{60}) {
            sums.buy_60.add(candle.buy_volume);
            sums.sell_60.add(candle.sell_volume);
        }
        if (age < minutes{15}) {
            sums.volume_15.add(candle.volume);
        } else if (age < minutes{75}) {
            sums.volume_60_before.add(candle.volume);
        }
    }
    return sums;
}

void CandleProjection::on(const Price& event, MarketStep& step) {
    if (step.symbol == nullptr) step.symbol = &step.market.symbol(event.symbol, step.seq);
    MarketSymbol& symbol = *step.symbol;
    symbol.at_home = true;
    for (std::size_t i = 0; i < kIntervals; ++i)
        add(symbol, static_cast<Interval>(i), event, step);

    if (!symbol.first || event.timestamp < symbol.first->at)
        symbol.first = {event.timestamp, event.price};
    if (event.timestamp >= *step.market.window_start()) {
        add_to_sums(symbol.sums, event, *step.market.now);
    } else if (!symbol.before || event.timestamp >= symbol.before->at) {
        symbol.before = {event.timestamp, event.price};
    }
}

// Those that the minute before lay in, and this one does not.
void CandleProjection::close(const MarketSymbol& symbol, const MinuteEntered& entered) {
    for (const CandleRow* newest : symbol.newest)
        if (newest != nullptr && newest->opened_at == opening_of(newest->interval, entered.left) &&
            newest->ends_at() <= entered.minute)
            closed.add(*newest);
}

void CandleProjection::on(const MinuteEntered& entered, MarketStep& step) {
    const Timestamp start = entered.minute - kWindow;
    for (MarketSymbol& symbol : step.market.symbols) {
        close(symbol, entered);
        const Candles& minutes_kept = symbol.candles[0];
        if (minutes_kept.empty()) continue;
        const auto inside = minutes_kept.lower_bound(start);
        if (inside != minutes_kept.begin()) {
            const CandleRow& last_outside = std::prev(inside)->second;
            if (!symbol.before || last_outside.last_at >= symbol.before->at)
                symbol.before = {last_outside.last_at, last_outside.close};
        }
        symbol.sums = window_sums(minutes_kept, entered.minute);
    }
}

void CandleProjection::add(
    MarketSymbol& symbol,
    Interval interval,
    const Price& event,
    MarketStep& step
) {
    CandleRow* found = symbol.find(interval, opening_of(interval, event.timestamp));
    CandleRow& candle = found != nullptr ? *found : symbol.add(opened_by(symbol, interval, event));
    if (event.timestamp < candle.first_at) {
        candle.first_at = event.timestamp;
        candle.open = event.price;
    }
    if (event.timestamp >= candle.last_at) {
        candle.last_at = event.timestamp;
        candle.close = event.price;
    }
    candle.high = std::max(candle.high, event.price);
    candle.low = std::min(candle.low, event.price);
    if (event.size) {
        candle.trades_count += 1;
        candle.volume += *event.size;
        if (event.side) {
            (*event.side == Side::buy ? candle.buy_volume : candle.sell_volume) += *event.size;
        }
    }
    if (*step.market.now >= candle.opened_at + length_of(interval)) candle.revision += 1;
    candles.touch(candle, step.seq);
}

}  // namespace duel::projector
