#include "projector/rules/sentiment_projection.hpp"

namespace duel::projector {
namespace {

struct Mood {
    VolumeTrend trend{VolumeTrend::stable};
    Amount score;
    Amount buy;
    Amount sell;

    bool operator==(const Mood&) const = default;
};

// Is a × m above b × n? Volumes are never below zero.
bool is_above(Amount a, unsigned m, Amount b, unsigned n) {
    const UInt256 left = multiply_wide(magnitude(a.units()), m);
    const UInt256 right = multiply_wide(magnitude(b.units()), n);
    return left.high != right.high ? left.high > right.high : left.low > right.low;
}

VolumeTrend trend_of(const WindowSums& sums) {
    const auto recent = sums.volume_15.value();
    const auto before = sums.volume_60_before.value();
    if (!recent || !before) return VolumeTrend::stable;
    // recent > 1.1 × before / 4 is 40 × recent > 11 × before.
    if (is_above(*recent, 40, *before, 11)) return VolumeTrend::increasing;
    if (is_above(*before, 9, *recent, 40)) return VolumeTrend::decreasing;
    return VolumeTrend::stable;
}

Mood mood_of(const WindowSums& sums) {
    Mood mood{trend_of(sums), {}, {}, {}};
    const auto bought = sums.buy_60.value();
    const auto sold = sums.sell_60.value();
    if (!bought || !sold || (bought->is_zero() && sold->is_zero())) return mood;
    try {
        mood.buy = divide(*bought, *bought + *sold);
    } catch (const AmountOverflow&) {
        return mood;
    }
    mood.sell = Amount::from_integer(1) - mood.buy;
    mood.score = mood.buy - mood.sell;
    return mood;
}

Mood written(const SentimentRow& row) {
    return {row.volume_trend, row.sentiment_score, row.buy_pressure, row.sell_pressure};
}

void write(SentimentRow& row, const Mood& mood) {
    row.volume_trend = mood.trend;
    row.sentiment_score = mood.score;
    row.buy_pressure = mood.buy;
    row.sell_pressure = mood.sell;
}

}  // namespace

void SentimentProjection::on(const Price& event, MarketStep& step) {
    if (!event.size) return;
    step.symbol->sized = true;
    step.symbol->sentiment.updated_at = *step.market.now;
    sentiment.touch(step.symbol->sentiment, step.seq);
}

void SentimentProjection::on(const MinuteLeft&, MarketStep&) {
    work_out_touched();
}

void SentimentProjection::on(const MinuteEntered& entered, MarketStep& step) {
    for (MarketSymbol& symbol : step.market.symbols) {
        if (!symbol.sized) continue;
        const Mood mood = mood_of(symbol.sums);
        if (mood == written(symbol.sentiment)) continue;
        write(symbol.sentiment, mood);
        symbol.sentiment.updated_at = entered.minute;
        sentiment.touch(symbol.sentiment, step.seq);
    }
}

void SentimentProjection::on(const BatchEnding&, MarketStep&) {
    work_out_touched();
}

void SentimentProjection::work_out_touched() const {
    for (SentimentRow* row : sentiment.touched())
        write(*row, mood_of(row->owner->sums));
}

}  // namespace duel::projector
