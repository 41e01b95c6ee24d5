#pragma once

// The least that could be called a projector of trades: the yardstick for the real one.
//
// Adds up positions and cash in memory, writes trades by COPY and what changed by UPDATE, into
// tables like the model's. Beside what every floor lacks: realized PnL, rankings, history.

#include "bench/floor_shard.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duel::bench {

class FloorTrades : public FloorShard {
public:
    FloorTrades(const FloorSettings& settings, std::int32_t partition);

private:
    struct Portfolio {
        std::int64_t no = 0;
        Amount cash;
        Amount fees;
        Timestamp last_trade_at;
        std::int64_t seq = 0;
        bool stored = false;
        bool changed = false;
    };
    struct Position {
        std::int64_t portfolio_no = 0;
        std::int64_t symbol_no = 0;
        Amount quantity;
        Amount cost;
        std::int64_t seq = 0;
        bool stored = false;
        bool changed = false;
    };

    bool take(const Event& event, std::int64_t offset) override;
    void take(const Trade& trade, std::int64_t offset);
    void write() override;
    void write_positions();
    void write_portfolios();
    std::int64_t
    number_of(std::unordered_map<std::string, std::int64_t>& numbers, const std::string& name);

    std::unordered_map<std::string, std::int64_t> contests_, wallets_, symbols_;
    std::map<std::pair<std::int64_t, std::int64_t>, Portfolio> portfolios_;
    std::map<std::pair<std::int64_t, std::int64_t>, Position> positions_;
    std::vector<Portfolio*> changed_portfolios_;
    std::vector<Position*> changed_positions_;
    platform::BinaryCopy trades_;
};

}  // namespace duel::bench
