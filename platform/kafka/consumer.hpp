#pragma once

// Reads partitions from given offsets, each on its own: no group, no commit, no rebalance.
//
// The offsets belong to whoever asks (they stand in Postgres). Every partition has a queue of its
// own, so a merge can look at the head of each. Broker away: reads give nothing until it is back,
// then go on where they were. A position that the log no longer has is an error of the
// partition, never a silent jump. One thread.

#include "platform/kafka/client.hpp"
#include "platform/kafka/record.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duel::platform {

struct ConsumerSettings {
    std::string client_id = "duelcast";
    // What each partition may hold fetched and unread. librdkafka 2.0.2 looks again only once a
    // second at a partition whose queue was full, so keep it above what is read in a second.
    std::size_t queued_kbytes = 16'384;
    std::size_t fetch_bytes = 1'048'576;  // most of one partition in one fetch
    // How long a broker holds a fetch that finds nothing; new records are answered at once.
    std::chrono::milliseconds fetch_wait{100};
};

struct PartitionId {
    std::string topic;
    std::int32_t partition = 0;
    friend auto operator<=>(const PartitionId&, const PartitionId&) = default;
};

struct StartPosition {
    static constexpr std::int64_t kBeginning = -2;
    static constexpr std::int64_t kEnd = -1;

    std::string topic;
    std::int32_t partition = 0;
    std::int64_t offset = kBeginning;  // the first to read
};

// Offsets of the first record that is there and of the one that will be written next.
struct Watermarks {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

struct PartitionError {
    enum class Kind {
        offset_out_of_range,  // the log does not have the position (retention, or another log)
        unknown_partition,    // no such topic or partition
        not_authorized,
        other
    };
    Kind kind = Kind::other;
    std::string text;  // topic/partition, offset, and the reason
};

// One assigned partition. Lives as long as the assignment.
class PartitionReader {
public:
    PartitionReader(
        rd_kafka_t* client,
        rd_kafka_topic_t* topic,
        const StartPosition& start,
        int wake_fd
    );
    ~PartitionReader();
    PartitionReader(const PartitionReader&) = delete;
    PartitionReader& operator=(const PartitionReader&) = delete;

    const std::string& topic() const { return id_.topic; }
    std::int32_t partition() const { return id_.partition; }
    const PartitionId& id() const { return id_; }

    // Moves what is fetched, `most` records at most, to the end of `out`; how many. Never waits.
    std::size_t read(std::vector<Record>& out, std::size_t most);

    // The offset after the last record read. Below zero until the first record or end is met, where
    // it began at kBeginning or kEnd.
    std::int64_t next_offset() const { return next_offset_; }

    // A fetch found nothing at next_offset(), and nothing was read since. Old news by nature: where
    // it matters that nothing came in between, ask Consumer::ends().
    bool at_end() const { return at_end_; }

    // Records are known to be there past what was read: unread in the queue, or below the high
    // watermark of the latest fetch.
    bool has_more() const;

    // No more is known to be there, and it was looked for.
    bool is_caught_up() const { return !has_more() && (at_end_ || known_watermarks()); }

    // As of the latest fetch answer, without asking; nothing before the first.
    std::optional<Watermarks> known_watermarks() const;

    // What is wrong with the partition. It stays until assigned anew; reading gives nothing
    // meanwhile, but for unknown_partition and not_authorized, which may mend by themselves.
    const std::optional<PartitionError>& error() const { return error_; }

private:
    void meet(const rd_kafka_message_t& event);

    PartitionId id_;
    rd_kafka_t* client_;
    rd_kafka_topic_t* topic_;
    rd_kafka_queue_t* queue_ = nullptr;
    std::int64_t next_offset_;
    bool at_end_ = false;
    std::optional<PartitionError> error_;
    std::vector<rd_kafka_message_t*> fetched_;
};

class Consumer {
public:
    Consumer(
        const KafkaSettings& kafka,
        const ConsumerSettings& settings,
        KafkaStateHook on_state = {}
    );
    ~Consumer();

    // Reads these from now on, and nothing else. Readers of an earlier assignment are gone. Waits a
    // second at most for where kBeginning and kEnd are; brokers that are away delay only the
    // reading.
    void assign(const std::vector<StartPosition>& positions);
    // Reads this one too, or from there on; the others go on. As assign(), but the offset is one.
    PartitionReader& start(const StartPosition& position);
    // Reads it no longer.
    void stop(const PartitionId& partition);
    // In the order of assign(), then of start().
    const std::vector<std::unique_ptr<PartitionReader>>& partitions() const;

    // Waits until something new is there for some partition since the last wait, or `longest`
    // passed. Read every partition until it gives nothing before waiting. Serves state changes.
    bool wait(std::chrono::milliseconds longest);
    // Throws KafkaError where all brokers refuse us: for who has nothing else to do than to read.
    void throw_if_refused() const;
    // Ends a wait from another thread.
    void wake();

    // Counts the fetches that brokers refused because they do not lead, or do not know, a
    // partition. While the count stays, all records read are of one and the same log; where it has
    // changed when they were read, the topic may have been deleted and made anew, as fetches go by
    // name.
    std::uint64_t interruptions() const;

    // Asks the brokers where these partitions end now: a record appended before the call is
    // counted. In their order. Throws KafkaError where they do not answer in time.
    std::vector<std::int64_t>
    ends(const std::vector<PartitionId>& partitions, std::chrono::milliseconds longest);
    Watermarks watermarks(const PartitionId& partition, std::chrono::milliseconds longest);
    std::vector<Watermarks>
    watermarks(const std::vector<PartitionId>& partitions, std::chrono::milliseconds longest);
    // The first offset whose log time is at least that; the end where there is none.
    std::vector<std::int64_t> offsets_at(
        const std::vector<PartitionId>& partitions,
        Timestamp time,
        std::chrono::milliseconds longest
    );

    // How many partitions a topic has; 0 where there is no such topic.
    std::int32_t partition_count(const std::string& topic, std::chrono::milliseconds longest);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace duel::platform
