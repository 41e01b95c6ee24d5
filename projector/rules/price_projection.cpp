#include "projector/rules/price_projection.hpp"

#include "core/valuation.hpp"

namespace duel::projector {
namespace {

struct Statistics {
    std::optional<Amount> change;
    std::optional<Amount> volume;
    std::optional<Amount> high;
    std::optional<Amount> low;

    bool operator==(const Statistics&) const = default;
};

Statistics statistics_of(const MarketSymbol& symbol) {
    const auto& reference = symbol.before ? symbol.before : symbol.first;
    return {
        performance(symbol.price.price, reference->price),
        symbol.sums.volume.value(),
        symbol.sums.high,
        symbol.sums.low};
}

Statistics written(const PriceRow& row) {
    return {row.change_24h, row.volume_24h, row.high_24h, row.low_24h};
}

void write(PriceRow& row, const Statistics& statistics) {
    row.change_24h = statistics.change;
    row.volume_24h = statistics.volume;
    row.high_24h = statistics.high;
    row.low_24h = statistics.low;
}

}  // namespace

void PriceProjection::on(const Price& event, MarketStep& step) {
    MarketSymbol& symbol = *step.symbol;
    if (!symbol.priced || event.timestamp >= symbol.price.updated_at) {
        symbol.priced = true;
        symbol.price.price = event.price;
        symbol.price.updated_at = event.timestamp;
    }
    prices.touch(symbol.price, step.seq);
}

void PriceProjection::on(const MinuteLeft&, MarketStep&) {
    work_out_touched();
}

void PriceProjection::on(const MinuteEntered&, MarketStep& step) {
    for (MarketSymbol& symbol : step.market.symbols) {
        if (!symbol.priced) continue;
        const Statistics statistics = statistics_of(symbol);
        if (statistics == written(symbol.price)) continue;
        write(symbol.price, statistics);
        prices.touch(symbol.price, step.seq);
    }
}

void PriceProjection::on(const BatchEnding&, MarketStep&) {
    work_out_touched();
}

void PriceProjection::work_out_touched() const {
    for (PriceRow* row : prices.touched())
        write(*row, statistics_of(*row->owner));
}

}  // namespace duel::projector
