#pragma once

// The least that could be called a projector of trades: the yardstick for the real one.
//
// One partition, one thread, one connection: decodes, adds up positions and cash in memory, writes
// trades by COPY and what changed by UPDATE, one transaction a batch, into tables like the model's.
// It does without everything that makes a projector useful: rules, realized PnL, duplicates,
// rankings, history, journal, feed, recovery.

#include "core/event.hpp"
#include "platform/kafka.hpp"
#include "platform/postgres.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duel::bench {

class FloorShard {
public:
    // `tables` is the schema of its tables.
    FloorShard(
        const platform::KafkaSettings& kafka,
        const platform::ConnectionSettings& postgres,
        std::int32_t partition,
        std::size_t batch
    );

    // Reads the partition from its beginning to `end`; how many trades there were.
    std::uint64_t run(std::int64_t end);

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

    void take(const Trade& trade, std::int64_t offset);
    void write();
    void write_positions();
    void write_portfolios();
    std::int64_t
    number_of(std::unordered_map<std::string, std::int64_t>& numbers, const std::string& name);

    std::int16_t shard_;
    std::size_t batch_;
    std::int32_t partition_;
    platform::Consumer consumer_;
    platform::Connection postgres_;
    Decoder decoder_;
    std::int64_t next_no_;
    std::unordered_map<std::string, std::int64_t> contests_, wallets_, symbols_;
    std::map<std::pair<std::int64_t, std::int64_t>, Portfolio> portfolios_;
    std::map<std::pair<std::int64_t, std::int64_t>, Position> positions_;
    std::vector<Portfolio*> changed_portfolios_;
    std::vector<Position*> changed_positions_;
    platform::BinaryCopy trades_;
};

}  // namespace duel::bench
