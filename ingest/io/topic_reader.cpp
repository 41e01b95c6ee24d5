#include "ingest/io/topic_reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>
#include <tuple>

namespace duel::ingest {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestCall = 10s;
constexpr std::size_t kBatch = 1'000;

platform::ConsumerSettings consumer_settings() {
    platform::ConsumerSettings settings;
    settings.client_id = "duel-ingest-dump";
    return settings;
}

std::vector<std::int32_t> partitions_of(
    platform::Consumer& consumer,
    const std::string& topic,
    std::vector<std::int32_t> wanted
) {
    const std::int32_t count = consumer.partition_count(topic, kLongestCall);
    if (count == 0) throw std::runtime_error{fmt::format("topic {}: there is none", topic)};
    if (wanted.empty())
        for (std::int32_t partition = 0; partition < count; ++partition)
            wanted.push_back(partition);
    for (const std::int32_t partition : wanted)
        if (partition < 0 || partition >= count)
            throw std::runtime_error{fmt::format(
                "topic {}: there is no partition {}, they go from 0 to {}",
                topic,
                partition,
                count - 1
            )};
    return wanted;
}

auto place_of(const platform::Record& record) {
    return std::tuple{record.log_time_ms(), record.topic(), record.partition(), record.offset()};
}

}  // namespace

bool TopicReader::Lane::is_over() const {
    return is_empty() && (reader->next_offset() >= end || reader->at_end());
}

TopicReader::TopicReader(
    const platform::KafkaSettings& kafka,
    const std::vector<std::string>& topics,
    const std::vector<std::int32_t>& partitions,
    const platform::Shutdown& shutdown
)
    : shutdown_{shutdown}, consumer_{kafka, consumer_settings()} {
    std::vector<platform::StartPosition> starts;
    std::vector<std::int64_t> ends;
    for (const std::string& topic : topics)
        for (const std::int32_t partition : partitions_of(consumer_, topic, partitions)) {
            const auto marks = consumer_.watermarks({topic, partition}, kLongestCall);
            if (marks.low == marks.high) continue;
            starts.push_back({topic, partition, marks.low});
            ends.push_back(marks.high);
            total_ += static_cast<std::uint64_t>(marks.high - marks.low);
        }
    consumer_.assign(starts);
    for (std::size_t index = 0; index < starts.size(); ++index)
        lanes_.push_back({consumer_.partitions()[index].get(), ends[index]});
}

std::optional<platform::Record> TopicReader::next() {
    while (!fetch()) {
        if (shutdown_.requested()) return std::nullopt;
        consumer_.throw_if_refused();
        consumer_.wait(100ms);
    }
    if (lanes_.empty()) return std::nullopt;
    const auto first = std::ranges::min_element(lanes_, {}, [](const Lane& lane) {
        return place_of(lane.head());
    });
    return std::move(first->fetched[first->given++]);
}

// Has every partition that is not over a record at its head now?
bool TopicReader::fetch() {
    for (Lane& lane : lanes_) {
        if (!lane.is_empty() || lane.is_over()) continue;
        if (lane.reader->error()) throw std::runtime_error{lane.reader->error()->text};
        lane.fetched.clear();
        lane.given = 0;
        lane.reader->read(lane.fetched, kBatch);
        std::erase_if(lane.fetched, [&](const platform::Record& record) {
            return record.offset() >= lane.end;
        });
    }
    std::erase_if(lanes_, [](const Lane& lane) { return lane.is_over(); });
    return std::ranges::none_of(lanes_, [](const Lane& lane) { return lane.is_empty(); });
}

}  // namespace duel::ingest
