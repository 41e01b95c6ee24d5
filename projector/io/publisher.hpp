#pragma once

#include "platform/kafka.hpp"
#include "projector/io/dead_letters.hpp"
#include "projector/rules/shard.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace duel::projector {

// A record of the feed was given up by Kafka: what is untold has to be told again from the rows.
struct PublishFailed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Sends what committed batches have to say, in their order, and knows up to which seq Kafka has
// acknowledged all of it. One thread.
class Publisher {
public:
    // All of the shard's feed goes to one partition, so that a batch is one request and not one for
    // every partition. `published` is where an earlier owner left off.
    Publisher(
        const platform::KafkaSettings& kafka,
        const ShardId& shard,
        std::int32_t feed_partition,
        const std::atomic<bool>& stop,
        std::int64_t published,
        platform::KafkaStateHook on_state
    );

    // Between begin and end stand the records of one batch; `seq` is where the batch ends. Those of
    // the feed are gathered and given to Kafka all at once by end(), so that they share its
    // requests: one after the other they would leave in small ones. Waits while Kafka is away and
    // the queue is full, until stop is raised.
    void begin(std::int64_t seq);
    void feed(std::string_view key, std::string_view record);
    void dead_letter(const DeadLetter& letter);
    void end();

    // Takes acknowledgements in. Throws PublishFailed.
    void poll();

    std::int64_t published() const { return published_; }
    std::size_t outstanding() const { return producer_.outstanding(); }

    // Waits for all acknowledgements; false where some are missing at the deadline.
    bool flush(std::chrono::milliseconds longest);

private:
    struct Batch {
        std::int64_t seq;
        std::int64_t unanswered;
        bool complete;
        std::deque<std::string> blocks;  // its records; Kafka's client reads them from here
    };
    struct FeedRecord {
        std::string_view key;
        std::string_view value;
    };

    std::string& block_with_room(std::size_t size);
    void send(
        std::string_view topic,
        std::string_view key,
        std::string_view value,
        std::span<const platform::KafkaHeader> headers,
        std::int32_t partition,
        platform::Producer::Value memory
    );
    void settle();

    std::int32_t feed_partition_;
    const std::atomic<bool>& stop_;
    std::int64_t published_;
    std::deque<Batch> batches_;  // not acknowledged yet, oldest first; they stay where they are
    std::vector<FeedRecord> gathered_;
    std::string failure_;
    platform::Producer producer_;  // gone before the blocks it reads
};

}  // namespace duel::projector
