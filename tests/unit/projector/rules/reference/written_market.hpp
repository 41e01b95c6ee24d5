#pragma once

#include "tests/unit/projector/rules/reference/written_rows.hpp"

#include <string>

namespace duel::projector::reference {

// What a market shard has written.
// But the time at which a sentiment was worked out.
class WrittenMarket : public WrittenRows<WrittenMarket> {
public:
    void add(const SymbolRow& r) { name(r.symbol_no, r.symbol); }
    void add(const TokenRow& r) {
        put(r, name(r.symbol_no), cells(r.decimals, r.name, r.image_url, r.supply));
    }
    void add(const PriceRow& r) {
        put(r,
            name(r.symbol_no),
            cells(r.updated_at, r.price, r.change_24h, r.volume_24h, r.high_24h, r.low_24h));
    }
    void add(const SentimentRow& r) {
        put(r,
            name(r.symbol_no),
            cells(r.volume_trend, r.sentiment_score, r.buy_pressure, r.sell_pressure));
    }
    void add(const CandleRow& r) {
        const std::string ticks = cells(r.first_at, r.last_at, r.trades_count, r.revision);
        const std::string prices = cells(r.open, r.high, r.low, r.close);
        put(r,
            cells(name(r.symbol_no), r.interval, r.opened_at),
            cells(ticks, prices, r.volume, r.buy_volume, r.sell_volume));
    }
};

}  // namespace duel::projector::reference
