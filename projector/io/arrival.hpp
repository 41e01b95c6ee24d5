#pragma once

#include "core/event.hpp"
#include "platform/kafka.hpp"
#include "projector/rules/place.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace duel::projector {

// A record of the log, read and decoded.
struct Arrival {
    platform::Record record;  // its bytes
    Place place;
    std::uint32_t bytes;  // so many in its value
    Result<Event> event;
};

// Records of one partition that were fetched together, in its order. They never change, so shards
// can share them, and live as long as somebody holds them.
using Arrivals = std::shared_ptr<const std::vector<Arrival>>;

// About what a record costs in memory beside its bytes: what librdkafka and decoding keep of it.
inline constexpr std::size_t kBytesOfArrival = 700;

// Decodes what partitions have fetched. Keeps its buffers: one per thread.
class ArrivalReader {
public:
    // `most` records at most; null where nothing is fetched. Never waits.
    Arrivals read(platform::PartitionReader& partition, Topic topic, std::size_t most);

private:
    Decoder decoder_;
    std::vector<platform::Record> fetched_;
};

// A record in its place of a shard's order.
struct Input {
    const Arrival* arrival;
    bool is_late{false};  // it belongs before a record that was taken already

    const Place& place() const { return arrival->place; }
    const platform::Record& record() const { return arrival->record; }
    const Result<Event>& event() const { return arrival->event; }
};

// Records in the order in which they were merged, with what they are looked at in.
class Chunk {
public:
    void add(const Input& input) {
        inputs_.push_back(input);
        bytes_ += kBytesOfArrival + input.arrival->bytes;
    }
    void hold(Arrivals arrivals) { held_.push_back(std::move(arrivals)); }

    const Input& operator[](std::size_t index) const { return inputs_[index]; }
    const Input& back() const { return inputs_.back(); }
    auto begin() const { return inputs_.begin(); }
    auto end() const { return inputs_.end(); }
    bool empty() const { return inputs_.empty(); }
    std::size_t size() const { return inputs_.size(); }
    std::size_t bytes() const { return bytes_; }  // of its records, about

private:
    std::vector<Input> inputs_;
    std::vector<Arrivals> held_;
    std::size_t bytes_{0};
};

using Inputs = std::vector<Chunk>;

}  // namespace duel::projector
