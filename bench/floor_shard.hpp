#pragma once

// What the floors of trades and ticks have in common: the least that could be called a shard.
//
// One partition, one thread, one connection, one transaction a batch. It does without everything
// that makes a projector useful: merge, rules, duplicates, journal, feed, recovery.

#include "core/event.hpp"
#include "platform/kafka.hpp"
#include "platform/postgres.hpp"

#include <cstdint>

namespace duel::bench {

struct FloorSettings {
    platform::KafkaSettings kafka;
    platform::ConnectionSettings postgres;  // its tables are on the search path
    std::size_t batch = 5'000;              // records
};

class FloorShard {
public:
    virtual ~FloorShard() = default;
    FloorShard(const FloorShard&) = delete;
    FloorShard& operator=(const FloorShard&) = delete;

    // Reads the partition from its beginning to `end`; how many events were taken.
    std::uint64_t run(std::int64_t end);

protected:
    FloorShard(const FloorSettings& settings, Topic topic, std::int32_t partition);

    // False for an event that is not of those measured.
    virtual bool take(const Event& event, std::int64_t offset) = 0;
    // Writes what the batch changed, inside its transaction.
    virtual void write() = 0;

    std::int16_t shard() const { return shard_; }
    std::int32_t partition() const { return partition_; }
    std::int64_t take_number() { return next_no_++; }
    // Where the next batch begins.
    std::int64_t next_offset() { return consumer_.partitions().front()->next_offset(); }
    platform::Connection& postgres() { return postgres_; }

private:
    Topic topic_;
    std::int32_t partition_;
    std::int16_t shard_;
    std::int64_t next_no_;
    std::size_t batch_;
    platform::Consumer consumer_;
    platform::Connection postgres_;
    Decoder decoder_;
};

}  // namespace duel::bench
