#include "projector/io/publisher.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace duel::projector {
namespace {

constexpr std::size_t kBlock = std::size_t{256} << 10;

// An idempotent producer has one request of a partition under way. What more is queued makes
// librdkafka 2.0's thread spin until the answer, so a big batch is given to it request by request.
constexpr std::size_t kRequest = 900'000;  // bytes; a request takes a million
constexpr std::size_t kBytesAround = 30;   // of a record, about
constexpr auto kAnswer = std::chrono::milliseconds{100};

}  // namespace

using platform::Delivery;
using platform::KafkaHeader;
using platform::Producer;

Publisher::Publisher(
    const platform::KafkaSettings& kafka,
    const ShardId& shard,
    std::int32_t feed_partition,
    const std::atomic<bool>& stop,
    std::int64_t published,
    platform::KafkaStateHook on_state
)
    : feed_partition_{feed_partition},
      stop_{stop},
      published_{published},
      producer_{
          kafka,
          {.client_id = "duel-projector-" + shard.name(), .linger = std::chrono::milliseconds{1}},
          [this](const Delivery& delivery) {
              if (!delivery.ok() && failure_.empty())
                  failure_ = fmt::format("topic {}: {}", delivery.topic, delivery.error);
              --static_cast<Batch*>(delivery.token)->unanswered;
          },
          std::move(on_state)} {}

void Publisher::begin(std::int64_t seq) {
    batches_.push_back({seq, 0, false, {}});
}

void Publisher::end() {
    std::size_t request = 0;  // bytes
    for (const auto& [key, value] : gathered_) {
        send("feed", key, value, {}, feed_partition_, Producer::Value::lent);
        request += key.size() + value.size() + kBytesAround;
        if (request < kRequest) continue;
        flush(kAnswer);
        request = 0;
    }
    gathered_.clear();
    batches_.back().complete = true;
    poll();
}

void Publisher::send(
    std::string_view topic,
    std::string_view key,
    std::string_view value,
    std::span<const KafkaHeader> headers,
    std::int32_t partition,
    Producer::Value memory
) {
    Batch& batch = batches_.back();
    ++batch.unanswered;
    if (!producer_.produce(topic, key, value, stop_, &batch, headers, partition, memory))
        throw PublishFailed("stopped while Kafka was away");
}

void Publisher::feed(std::string_view key, std::string_view record) {
    std::string& block = block_with_room(key.size() + record.size());
    const std::size_t at = block.size();
    block.append(key).append(record);
    const std::string_view stored = std::string_view{block}.substr(at);
    gathered_.push_back({stored.substr(0, key.size()), stored.substr(key.size())});
}

// A block never grows beyond the room it began with, so what is in it stays where it is.
std::string& Publisher::block_with_room(std::size_t size) {
    auto& blocks = batches_.back().blocks;
    if (blocks.empty() || blocks.back().capacity() - blocks.back().size() < size)
        blocks.emplace_back().reserve(std::max(kBlock, size));
    return blocks.back();
}

void Publisher::dead_letter(const DeadLetter& letter) {
    const std::string partition = std::to_string(letter.partition);
    const std::string offset = std::to_string(letter.offset);
    const std::array<KafkaHeader, 5> headers{
        KafkaHeader{"topic", letter.topic},
        KafkaHeader{"partition", partition},
        KafkaHeader{"offset", offset},
        KafkaHeader{"code", letter.code},
        KafkaHeader{"reason", letter.reason}};
    send(
        "dead-letters",
        letter.kafka_key,
        letter.value,
        headers,
        Producer::kByKey,
        Producer::Value::copied
    );
}

void Publisher::poll() {
    producer_.poll();
    settle();
}

bool Publisher::flush(std::chrono::milliseconds longest) {
    const bool all = producer_.flush(longest) == 0;
    settle();
    return all;
}

void Publisher::settle() {
    if (!failure_.empty()) throw PublishFailed("Kafka did not take a record of " + failure_);
    while (!batches_.empty() && batches_.front().complete && batches_.front().unanswered == 0) {
        published_ = batches_.front().seq;
        batches_.pop_front();
    }
}

}  // namespace duel::projector
