#pragma once

#include "projector/rules/happenings.hpp"
#include "projector/rules/market.hpp"

namespace duel::projector {

// Who pushes the market: bought against sold volume of the last 60 minutes, and whether the volume
// of the last 15 minutes lies more than a tenth off a quarter of the 60 before.
//
// Whole minutes of event time, the current one included; sized ticks only.
class SentimentProjection {
public:
    void on(const Price& event, MarketStep& step);
    void on(const MinuteLeft&, MarketStep& step);
    void on(const MinuteEntered&, MarketStep& step);
    void on(const BatchEnding&, MarketStep& step);

    Table<SentimentRow> sentiment;

    auto tables() { return std::tie(sentiment); }

private:
    void work_out_touched() const;
};

}  // namespace duel::projector
