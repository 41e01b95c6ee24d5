#pragma once

// Writes records, each exactly once and in order per partition, as long as the process lives.
//
// Idempotent, acks=all, lz4. Broker away: records wait in the queue and librdkafka retries; nothing
// is given up until `delivery_timeout`. One thread may produce while another polls.

#include "platform/kafka/client.hpp"
#include "platform/kafka/record.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace duel::platform {

struct ProducerSettings {
    std::string client_id = "duelcast";
    // How long a record waits for company: raise it for throughput, lower it for latency.
    std::chrono::milliseconds linger{5};
    std::size_t queue_messages = 500'000;
    std::size_t queue_kbytes = 262'144;
    std::size_t batch_bytes = 1'000'000;
    // After this a record is reported as failed. 0: never.
    std::chrono::milliseconds delivery_timeout{0};
};

// How one record fared. The views live during the call only.
struct Delivery {
    void* token;  // what produce() was given
    std::string_view topic;
    std::string_view key;
    std::string_view value;
    std::int32_t partition;
    std::int64_t offset;  // where it stands in the log; -1 where it failed
    std::int64_t log_time_ms;
    int code;                // rd_kafka_resp_err_t; 0 is delivered
    std::string_view error;  // empty where it was delivered

    bool ok() const { return code == 0; }
};

class Producer {
public:
    using OnDelivery = std::function<void(const Delivery&)>;
    static constexpr std::int32_t kByKey = -1;

    // Whose memory a value is while it is on its way.
    enum class Value {
        copied,
        lent,  // stays where it is until its delivery is reported, or the producer is gone
    };

    // `on_delivery` is called once for every record, by poll(), flush() or a produce() that waits,
    // in the calling thread. Without it, failed records are only counted (failed()).
    Producer(
        const KafkaSettings& kafka,
        const ProducerSettings& settings,
        OnDelivery on_delivery = {},
        KafkaStateHook on_state = {}
    );
    ~Producer();

    // Takes the record (the key is copied, the value unless it is lent) and returns true; with a
    // full queue it polls until there is room. False only when `stop` was raised before. A default
    // string_view is no key or no value at all. Throws KafkaError for what no waiting mends: too
    // big, unknown topic, a fatal error of the producer.
    bool produce(
        std::string_view topic,
        std::string_view key,
        std::string_view value,
        const std::atomic<bool>& stop,
        void* token = nullptr,
        std::span<const KafkaHeader> headers = {},
        std::int32_t partition = kByKey,
        Value memory = Value::copied
    );

    // Serves deliveries and state changes, waiting that long at most for the first.
    void poll(std::chrono::milliseconds wait = std::chrono::milliseconds(0));

    // Sends what lingers at once and waits for it; how many records are still unanswered at the
    // deadline.
    std::size_t flush(std::chrono::milliseconds longest);

    // Gives up what is queued and not yet on its way: the end of a program that cannot wait.
    void purge();

    std::size_t outstanding() const;
    std::uint64_t delivered() const;
    std::uint64_t failed() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace duel::platform
