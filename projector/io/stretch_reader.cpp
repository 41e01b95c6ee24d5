#include "projector/io/stretch_reader.hpp"

#include "platform/log.hpp"
#include "projector/io/log_guard.hpp"
#include "projector/rules/merge_order.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReadAtOnce = 2'000;
constexpr auto kAskForEnds = 10s;

}  // namespace

// One partition: what was fetched of it and not taken yet.
struct StretchReader::Lane {
    platform::PartitionReader* reader{nullptr};
    Topic topic{Topic::trades};
    Arrivals arrivals;
    std::size_t next{0};
    bool is_held{false};  // by the present chunk
    MergeKey key;         // of the head
    std::int64_t at{0};   // the next offset to take
    std::int64_t end{0};  // of the stretch

    bool has_head() const { return arrivals && next < arrivals->size(); }
    const Arrival& head() const { return (*arrivals)[next]; }
    bool is_done() const { return at >= end; }
};

StretchReader::StretchReader(const platform::KafkaSettings& kafka, const ShardId& shard)
    : name_{shard.name()},
      consumer_{
          kafka,
          {.client_id = "duel-projector-replay-" + name_},
          [this](bool up, const std::string& reason) {
              if (!up) platform::log::warn("{}: Kafka is away: {}", name_, reason);
          }} {}

StretchReader::~StretchReader() = default;

void StretchReader::begin(const JournalRow& stretch, const Offsets& from) {
    if (!stands_at(from)) {
        lanes_.clear();
        std::vector<platform::StartPosition> positions;
        for (const auto& [partition, offset] : from)
            positions.push_back({std::string{text(partition.first)}, partition.second, offset});
        consumer_.assign(positions);
        for (const auto& reader : consumer_.partitions()) {
            auto lane = std::make_unique<Lane>();
            lane->reader = reader.get();
            lane->topic = reader->topic() == text(Topic::trades) ? Topic::trades : Topic::prices;
            lane->at = from.at({lane->topic, reader->partition()});
            lanes_.push_back(std::move(lane));
        }
    }
    for (const auto& lane : lanes_) {
        const auto end = stretch.end.find({lane->topic, lane->reader->partition()});
        lane->end = end != stretch.end.end() ? end->second : lane->at;
    }
}

bool StretchReader::stands_at(const Offsets& from) const {
    return lanes_.size() == from.size() && std::ranges::all_of(lanes_, [&](const auto& lane) {
               const auto wanted = from.find({lane->topic, lane->reader->partition()});
               return wanted != from.end() && wanted->second == lane->at;
           });
}

// False where its next record is still on its way.
bool StretchReader::fill(Lane& lane) {
    if (lane.has_head() || lane.is_done()) return true;
    lane.arrivals = arrival_reader_.read(*lane.reader, lane.topic, kReadAtOnce);
    lane.next = 0;
    lane.is_held = false;
    if (lane.arrivals) {
        lane.key = MergeKey::of(lane.head().place);
        return true;
    }
    consumer_.throw_if_refused();
    const auto& error = lane.reader->error();
    if (error && error->kind != platform::PartitionError::Kind::offset_out_of_range)
        throw platform::KafkaError(0, name_ + " cannot be read again: " + error->text);
    // That the end was met is old news by nature.
    const bool is_short = lane.reader->at_end() && lane.reader->next_offset() < lane.end &&
                          consumer_.ends({lane.reader->id()}, kAskForEnds)[0] < lane.end;
    if (is_short || (error && error->kind == platform::PartitionError::Kind::offset_out_of_range))
        throw LogMismatch(fmt::format(
            "the log no longer has all that {} has applied: {}/{} was applied up to offset {}, and "
            "{}",
            name_,
            text(lane.topic),
            lane.reader->partition(),
            lane.end,
            is_short ? fmt::format("it ends at {}", lane.reader->next_offset()) : error->text
        ));
    if (!lane.reader->at_end() || lane.reader->next_offset() < lane.end) return false;
    lane.at = lane.end;  // whatever is missing at the end was never a record
    return true;
}

StretchReader::Lane* StretchReader::smallest_head() {
    Lane* smallest = nullptr;
    for (const auto& lane : lanes_) {
        if (lane->is_done()) continue;
        if (smallest == nullptr || lane->key < smallest->key) smallest = lane.get();
    }
    return smallest;
}

Chunk StretchReader::take(std::size_t most, const platform::Shutdown& shutdown) {
    Chunk taken;
    for (const auto& lane : lanes_)
        lane->is_held = false;
    while (taken.size() < most && !shutdown.requested()) {
        bool is_complete = true;
        for (const auto& lane : lanes_)
            is_complete = fill(*lane) && is_complete;
        if (!is_complete) {
            consumer_.wait(100ms);
            continue;
        }
        Lane* lane = smallest_head();
        if (lane == nullptr) break;
        const std::int64_t offset = lane->head().place.offset;
        if (offset >= lane->end) {  // the stretch ends in a hole before this record
            lane->at = lane->end;
            continue;
        }
        if (!lane->is_held) taken.hold(lane->arrivals);
        lane->is_held = true;
        taken.add({&lane->head(), false});
        ++lane->next;
        if (lane->has_head()) lane->key = MergeKey::of(lane->head().place);
        lane->at = offset + 1;
    }
    if (shutdown.requested()) return {};
    return taken;
}

}  // namespace duel::projector
