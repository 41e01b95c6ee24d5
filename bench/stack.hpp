#pragma once

// The running stack that is measured: where it is, how far it came, what it uses.

#include "bench/process.hpp"
#include "bench/workload.hpp"
#include "platform/kafka.hpp"
#include "platform/postgres.hpp"
#include "platform/settings.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace duel::bench {

// All of it stands in the `var/env` of a stack that `./run up` started.
struct StackSettings {
    platform::KafkaSettings kafka;
    platform::Secret postgres;  // as the owner: for pg_current_wal_lsn() and tables of our own
    pid_t projector = 0;
    pid_t wsserver = 0;
    pid_t postgres_process = 0;
    pid_t kafka_process = 0;
    std::string json_file;

    void offer(platform::Settings& settings);
};

// How far each partition of `trades` and `prices` reaches.
struct Ends {
    std::vector<std::int64_t> trades;
    std::vector<std::int64_t> prices;
    std::int64_t total() const;
};

class Stack {
public:
    // `linger`: how long records wait for company on their way to Kafka.
    Stack(const StackSettings& settings, std::chrono::milliseconds linger);

    std::int32_t trade_partitions() const { return trade_partitions_; }
    std::int32_t price_partitions() const { return price_partitions_; }

    // Writes the event to the partition that its contest or symbol number gives: spread evenly,
    // which hashing a few keys would not do.
    void produce(const Event& event, std::uint32_t number);
    // Serves acknowledgements; now and then while producing slowly.
    void poll() { producer_.poll(); }
    // Waits until everything is acknowledged.
    void flush();

    Ends ends();
    // Waits until every shard has committed all records below `ends`; false past the deadline.
    bool wait_for_commit(const Ends& ends, std::chrono::seconds longest);

    // Bytes of write-ahead log since the beginning of the cluster.
    double wal_bytes();
    std::int64_t dead_letters();
    // Rows of the journal by cause, for every million records that shards have consumed.
    std::map<std::string, double> journal_rows_a_million();

    // Rows of the model that were updated, and how many of them without touching an index. Waits
    // two seconds for Postgres to have counted.
    struct Updates {
        double all = 0;
        double hot = 0;
    };
    Updates updates();

    std::vector<Meter> meters() const;
    platform::Connection& postgres() { return postgres_; }

private:
    std::int64_t shards_behind(const Ends& ends);

    const StackSettings& settings_;
    platform::Producer producer_;
    platform::Consumer consumer_;
    platform::Connection postgres_;
    std::atomic<bool> never_{false};
    std::int32_t trade_partitions_;
    std::int32_t price_partitions_;
    std::string text_;
};

// Produces the opening of that world and waits until it is committed.
void open_world(Stack& stack, const World& world);

}  // namespace duel::bench
