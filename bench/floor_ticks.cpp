#include "bench/floor_ticks.hpp"

#include <fmt/format.h>
#include <utility>

namespace duel::bench {
namespace {

constexpr auto kInsertShard = R"(
insert into shards
  (shard, epoch, owner, offsets, seq, fence, published_seq, next_no, lag_records, silent, pace_ms,
   updated_at)
values ($1, '', 'floor', '{}', 0, 1, 0, 0, 0, false, 0, now()))";

constexpr auto kUpdateShard = R"(
update shards set offsets = $2::jsonb, seq = $3::int8, updated_at = now() where shard = $1::int2)";

}  // namespace

FloorTicks::FloorTicks(
    const FloorSettings& settings,
    std::int32_t partition,
    std::int32_t contest_shards
)
    : FloorShard(settings, Topic::prices, partition), contest_shards_(contest_shards) {
    postgres().exec(kInsertShard, platform::Params{}.add(shard()));
}

bool FloorTicks::take(const Event& event, std::int64_t offset) {
    const auto* tick = std::get_if<Price>(&event);
    if (tick != nullptr) take(*tick, offset + 1);
    return tick != nullptr;
}

void FloorTicks::take(const Price& tick, std::int64_t seq) {
    FloorSymbol& symbol = symbol_of(tick.symbol);
    for (std::size_t i = 0; i < kFloorIntervals.size(); ++i) {
        FloorCandle& candle = symbol.candles[i];
        const auto opening = kFloorIntervals[i].opening_of(tick.timestamp);
        if (opening > candle.opened_at) {
            if (symbol.changed) ended_.push_back(candle);
            candle = opened_by(tick, symbol.no, kFloorIntervals[i]);
        }
        candle.add(tick, seq);
    }
    symbol.price = tick.price;
    symbol.at = tick.timestamp;
    symbol.seq = seq;
    symbol.changed = true;
}

FloorSymbol& FloorTicks::symbol_of(const std::string& name) {
    const auto [it, is_new] = symbols_.try_emplace(name);
    FloorSymbol& symbol = it->second;
    if (is_new) {
        symbol.no = take_number();
        for (std::int32_t i = 0; i < contest_shards_; ++i)
            symbol.mark_nos.push_back(take_number());
    }
    return symbol;
}

void FloorTicks::write() {
    FloorRows fresh;
    FloorRows known;
    const auto rows_of = [&](auto& row) -> FloorRows& {
        return std::exchange(row.stored, true) ? known : fresh;
    };
    for (auto& candle : ended_)
        rows_of(candle).candles.push_back(&candle);
    for (auto& [name, symbol] : symbols_) {
        if (!std::exchange(symbol.changed, false)) continue;
        rows_of(symbol).symbols.push_back(&symbol);
        for (auto& candle : symbol.candles)
            rows_of(candle).candles.push_back(&candle);
    }
    platform::Pipeline pipeline{postgres()};
    fresh.send(pipeline, FloorRows::How::insert, shard());
    known.send(pipeline, FloorRows::How::update, shard());
    write_offset(pipeline);
    pipeline.finish();
    ended_.clear();
}

void FloorTicks::write_offset(platform::Pipeline& pipeline) {
    const auto next = next_offset();
    const auto offsets = fmt::format(R"({{"prices/{}": {}}})", partition(), next);
    platform::Params params;
    params.add(shard()).add(platform::Json{offsets}).add(next);
    pipeline.exec_prepared("shard", kUpdateShard, params);
}

}  // namespace duel::bench
