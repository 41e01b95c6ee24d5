#pragma once

#include "projector/rules/happenings.hpp"
#include "projector/rules/market.hpp"

namespace duel::projector {

// The latest price of every symbol with its last 24 hours: change, volume, high and low.
//
// The latest tick has the newest timestamp, among equals it is the later in the log. The statistics
// follow every tick of the window and every minute that passes, and are worked out when a batch
// ends.
class PriceProjection {
public:
    void on(const Price& event, MarketStep& step);
    void on(const MinuteLeft&, MarketStep& step);
    void on(const MinuteEntered&, MarketStep& step);
    void on(const BatchEnding&, MarketStep& step);

    Table<PriceRow> prices;

    auto tables() { return std::tie(prices); }

private:
    void work_out_touched() const;
};

}  // namespace duel::projector
