#pragma once

// The least that could be called a projector of ticks: the yardstick for the real one.
//
// Keeps the last price and the current candle of six intervals of every symbol, and writes a batch
// as a market shard does: the changed candles, the price and the sentiment of every symbol that
// ticked, and its offset. In the real projector a tick moves a mark in every contest shard too, so
// a batch writes these marks as well, one row for each symbol and contest shard; but it decodes the
// tick once, and has one transaction for all. Beside what every floor lacks: late ticks (they count
// for the current candle) and the last 24 hours (the candles of the day and the hour stand in).

#include "bench/floor_rows.hpp"
#include "bench/floor_shard.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace duel::bench {

class FloorTicks : public FloorShard {
public:
    // There are as many contest shards as partitions of `trades`.
    FloorTicks(const FloorSettings& settings, std::int32_t partition, std::int32_t contest_shards);

private:
    bool take(const Event& event, std::int64_t offset) override;
    void take(const Price& tick, std::int64_t seq);
    FloorSymbol& symbol_of(const std::string& name);
    void write() override;
    void write_offset(platform::Pipeline& pipeline);

    std::int32_t contest_shards_;
    std::unordered_map<std::string, FloorSymbol> symbols_;
    std::vector<FloorCandle> ended_;  // changed by this batch and no longer current
};

}  // namespace duel::bench
