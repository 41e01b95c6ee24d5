#pragma once

#include "projector/rules/happenings.hpp"
#include "projector/rules/market.hpp"

namespace duel::projector {

// The sums of the window whose newest minute is `minute`, from its 1m candles.
WindowSums window_sums(const Candles& candles, Timestamp minute);

// Candles of six intervals, and the sums over the 24 hours that prices and sentiment are worked out
// from.
//
// A candle opens at the tick that is first by time and closes at the last, ties in the log's order.
// A late tick corrects the candles that it belongs to. Only sized ticks make volume and count as
// trades.
class CandleProjection {
public:
    void on(const Price& event, MarketStep& step);
    void on(const MinuteEntered& entered, MarketStep& step);

    Table<CandleRow> candles;
    // The candles that ended since the last settle(), for the feed.
    Append<CandleRow> closed;

    auto tables() { return std::tie(candles); }

private:
    void close(const MarketSymbol& symbol, const MinuteEntered& entered);
    void add(MarketSymbol& symbol, Interval interval, const Price& event, MarketStep& step);
};

}  // namespace duel::projector
