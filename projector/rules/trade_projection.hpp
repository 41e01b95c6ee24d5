#pragma once

#include "projector/rules/acceptance.hpp"
#include "projector/rules/rows/history_rows.hpp"

namespace duel::projector {

// The record of trades, chained per portfolio and per contest: each names the seq of the one
// before, so that a reader can prove it missed nothing.
class TradeProjection {
public:
    void on(const Trade& event, Step& step);

    Append<TradeRow> trades;

    auto tables() { return std::tie(trades); }
};

}  // namespace duel::projector
