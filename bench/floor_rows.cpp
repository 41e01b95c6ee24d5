#include "bench/floor_rows.hpp"

#include "core/valuation.hpp"

#include <fmt/format.h>
#include <functional>
#include <string>

namespace duel::bench {
namespace {

using How = FloorRows::How;

// How rows get into a table, as SQL: each column comes as an array.
struct Table {
    std::string_view name;
    std::string_view columns;
    std::string_view arrays;
    std::string_view keys;       // which row is updated
    std::string_view moves;      // what changes of it
    std::string_view rest = {};  // columns that never change, and their values
    std::string_view values = {};

    std::string statement(How how) const {
        if (how == How::update)
            return fmt::format(
                "update {} t set {} from unnest({}) n({}) where {}",
                name,
                moves,
                arrays,
                columns,
                keys
            );
        return fmt::format(
            "insert into {0} ({1}{2}) select n.*{3} from unnest({4}) n({1})",
            name,
            columns,
            rest,
            values,
            arrays
        );
    }
};

constexpr Table kCandles{
    .name = "candles",
    .columns = R"(symbol_no, "interval", opened_at, shard, seq, first_at, last_at, trades_count,
        open, high, low, close, volume, buy_volume, sell_volume)",
    .arrays = R"($1::int8[], $2::text[], $3::timestamptz[], $4::int2[], $5::int8[],
        $6::timestamptz[], $7::timestamptz[], $8::int8[], $9::numeric[], $10::numeric[],
        $11::numeric[], $12::numeric[], $13::numeric[], $14::numeric[], $15::numeric[])",
    .keys = R"(t.symbol_no = n.symbol_no and t."interval" = n."interval"
        and t.opened_at = n.opened_at)",
    .moves = R"(seq = n.seq, last_at = n.last_at, trades_count = n.trades_count, high = n.high,
        low = n.low, close = n.close, volume = n.volume, buy_volume = n.buy_volume,
        sell_volume = n.sell_volume)",
    .rest = ", revision",
    .values = ", 0"};

constexpr Table kPrices{
    .name = "prices",
    .columns = R"(symbol_no, shard, seq, updated_at, price, change_24h, volume_24h, high_24h,
        low_24h)",
    .arrays = R"($1::int8[], $2::int2[], $3::int8[], $4::timestamptz[], $5::numeric[],
        $6::numeric[], $7::numeric[], $8::numeric[], $9::numeric[])",
    .keys = "t.symbol_no = n.symbol_no",
    .moves = R"(seq = n.seq, updated_at = n.updated_at, price = n.price,
        change_24h = n.change_24h, volume_24h = n.volume_24h, high_24h = n.high_24h,
        low_24h = n.low_24h)"};

constexpr Table kSentiment{
    .name = "market_sentiment",
    .columns = "symbol_no, shard, seq, updated_at, sentiment_score, buy_pressure, sell_pressure",
    .arrays = R"($1::int8[], $2::int2[], $3::int8[], $4::timestamptz[], $5::numeric[],
        $6::numeric[], $7::numeric[])",
    .keys = "t.symbol_no = n.symbol_no",
    .moves = R"(seq = n.seq, updated_at = n.updated_at, sentiment_score = n.sentiment_score,
        buy_pressure = n.buy_pressure, sell_pressure = n.sell_pressure)",
    .rest = ", volume_trend",
    .values = ", 'stable'"};

constexpr Table kMarks{
    .name = "marks",
    .columns = "symbol_no, shard, seq, at, price",
    .arrays = "$1::int8[], $2::int2[], $3::int8[], $4::timestamptz[], $5::numeric[]",
    .keys = "t.symbol_no = n.symbol_no",
    .moves = "seq = n.seq, at = n.at, price = n.price",
    .rest = ", from_tick",
    .values = ", true"};

// One value of every row.
template <class Row, class Of>
auto column(const std::vector<const Row*>& rows, Of of) {
    std::vector<std::decay_t<std::invoke_result_t<Of, const Row&>>> values;
    values.reserve(rows.size());
    for (const Row* row : rows)
        values.push_back(std::invoke(of, *row));
    return values;
}

void send(platform::Pipeline& pipeline, const Table& table, How how, const platform::Params& rows) {
    pipeline.exec_prepared(
        fmt::format("{} {}", how == How::insert ? "insert" : "update", table.name),
        table.statement(how),
        rows
    );
}

platform::Params candle_rows(const std::vector<const FloorCandle*>& rows, std::int16_t shard) {
    platform::Params params;
    params.add_array(column(rows, &FloorCandle::symbol_no))
        .add_array(column(rows, &FloorCandle::interval))
        .add_array(column(rows, &FloorCandle::opened_at))
        .add_array(std::vector(rows.size(), shard))
        .add_array(column(rows, &FloorCandle::seq))
        .add_array(column(rows, &FloorCandle::first_at))
        .add_array(column(rows, &FloorCandle::last_at))
        .add_array(column(rows, &FloorCandle::trades_count))
        .add_array(column(rows, &FloorCandle::open))
        .add_array(column(rows, &FloorCandle::high))
        .add_array(column(rows, &FloorCandle::low))
        .add_array(column(rows, &FloorCandle::close))
        .add_array(column(rows, &FloorCandle::volume))
        .add_array(column(rows, &FloorCandle::buy_volume))
        .add_array(column(rows, &FloorCandle::sell_volume));
    return params;
}

using Symbols = std::vector<const FloorSymbol*>;

// What prices and sentiment begin with.
platform::Params symbol_rows(const Symbols& rows, std::int16_t shard) {
    platform::Params params;
    params.add_array(column(rows, &FloorSymbol::no))
        .add_array(std::vector(rows.size(), shard))
        .add_array(column(rows, &FloorSymbol::seq))
        .add_array(column(rows, &FloorSymbol::at));
    return params;
}

platform::Params price_rows(const Symbols& rows, std::int16_t shard) {
    std::vector<const FloorCandle*> days;
    for (const FloorSymbol* row : rows)
        days.push_back(&row->day());
    const auto change = [](const FloorCandle& day) { return performance(day.close, day.open); };
    auto params = symbol_rows(rows, shard);
    params.add_array(column(rows, &FloorSymbol::price))
        .add_array(column(days, change))
        .add_array(column(days, &FloorCandle::volume))
        .add_array(column(days, &FloorCandle::high))
        .add_array(column(days, &FloorCandle::low));
    return params;
}

platform::Params sentiment_rows(const Symbols& rows, std::int16_t shard) {
    std::vector<Amount> scores;
    std::vector<Amount> buys;
    std::vector<Amount> sells;
    for (const FloorSymbol* row : rows) {
        const FloorCandle& hour = row->hour();
        const Amount sided = hour.buy_volume + hour.sell_volume;
        buys.push_back(sided.is_zero() ? Amount{} : divide(hour.buy_volume, sided));
        sells.push_back(sided.is_zero() ? Amount{} : Amount::from_integer(1) - buys.back());
        scores.push_back(buys.back() - sells.back());
    }
    auto params = symbol_rows(rows, shard);
    params.add_array(scores).add_array(buys).add_array(sells);
    return params;
}

platform::Params mark_rows(const Symbols& rows) {
    std::vector<std::int64_t> numbers;
    std::vector<std::int16_t> shards;
    std::vector<std::int64_t> seqs;
    std::vector<Timestamp> times;
    std::vector<Amount> prices;
    for (const FloorSymbol* row : rows) {
        for (std::size_t i = 0; i < row->mark_nos.size(); ++i) {
            numbers.push_back(row->mark_nos[i]);
            shards.push_back(static_cast<std::int16_t>(2 * i));  // contest/i
            seqs.push_back(row->seq);
            times.push_back(row->at);
            prices.push_back(row->price);
        }
    }
    platform::Params params;
    params.add_array(numbers).add_array(shards).add_array(seqs).add_array(times).add_array(prices);
    return params;
}

}  // namespace

void FloorRows::send(platform::Pipeline& pipeline, How how, std::int16_t shard) const {
    if (!candles.empty()) bench::send(pipeline, kCandles, how, candle_rows(candles, shard));
    if (symbols.empty()) return;
    bench::send(pipeline, kPrices, how, price_rows(symbols, shard));
    bench::send(pipeline, kSentiment, how, sentiment_rows(symbols, shard));
    bench::send(pipeline, kMarks, how, mark_rows(symbols));
}

}  // namespace duel::bench
