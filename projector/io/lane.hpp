#pragma once

#include "platform/kafka.hpp"
#include "projector/io/arrival.hpp"
#include "projector/io/shared_prices.hpp"
#include "projector/rules/log_mark.hpp"
#include "projector/rules/merge_order.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace duel::projector {

// One partition on its way into a shard's order: what was read of it and not merged yet.
//
// Reads by itself, or with the process' other shards where there is a follower and it is not
// behind. One thread.
class Lane {
public:
    Lane(
        platform::Consumer& consumer,
        ArrivalReader& arrival_reader,
        Topic topic,
        std::int32_t partition,
        std::int64_t from,
        std::unique_ptr<SharedPrices::Follower> follower
    );

    Topic topic() const { return topic_; }
    std::int32_t partition() const { return partition_; }

    // Looks for more where nothing is left; what stands in the way.
    const std::optional<platform::PartitionError>& fill();

    bool has_head() const { return arrivals_ && next_ < arrivals_->size(); }
    const Arrival& head() const { return (*arrivals_)[next_]; }
    const MergeKey& key() const { return key_; }  // of the head

    // Of a lane without a head: nothing more is known to be waiting. Asked once after every fill().
    bool is_caught_up();

    // For whoever waits until the head may pass; forgotten with it.
    struct Waiting {
        std::optional<std::chrono::steady_clock::time_point> since;
        std::optional<std::vector<std::int64_t>> fair_ends;  // of the price partitions
    };
    Waiting& waiting() { return waiting_; }

    // Moves the head to the end of the chunk.
    void move_head(Chunk& chunk, bool is_late);
    // The chunk is gone; the next one holds by itself what it looks at.
    void begin_chunk() { is_held_ = false; }

    // The offset after the last record that was read, merged or not.
    std::int64_t read_up_to() const { return read_up_to_; }
    // Records that are there and were not merged, as far as is known.
    std::int64_t lag() const;

private:
    void read_shared();
    void read_alone();
    void look_at_head();

    platform::Consumer& consumer_;
    ArrivalReader& arrival_reader_;
    Topic topic_;
    std::int32_t partition_;
    std::unique_ptr<SharedPrices::Follower> follower_;
    platform::PartitionReader* reader_{nullptr};  // null where the follower reads
    std::int64_t read_up_to_;

    Arrivals arrivals_;
    std::size_t next_{0};
    MergeKey key_;
    Waiting waiting_;
    bool is_held_{false};  // by the present chunk
    std::optional<platform::PartitionError> error_;
    std::optional<bool> is_caught_up_;
};

}  // namespace duel::projector
