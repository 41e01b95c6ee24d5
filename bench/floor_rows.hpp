#pragma once

// How the floor of ticks writes into tables like the model's.

#include "bench/floor_market.hpp"
#include "platform/postgres.hpp"

#include <cstdint>
#include <vector>

namespace duel::bench {

// What a batch changed. Symbols are written three times: price, sentiment, marks.
struct FloorRows {
    enum class How { insert, update };

    std::vector<const FloorCandle*> candles;
    std::vector<const FloorSymbol*> symbols;

    void send(platform::Pipeline& pipeline, How how, std::int16_t shard) const;
};

}  // namespace duel::bench
