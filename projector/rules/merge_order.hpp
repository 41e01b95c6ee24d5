#pragma once

#include "projector/rules/place.hpp"

#include <compare>
#include <optional>
#include <tuple>

namespace duel::projector {

// The pure order of a shard's records: log time, topic, partition, offset. Topics by name, so that
// of equal log times the prices come first and a trade is valued at them.
struct MergeKey {
    Timestamp log_time;
    Topic topic{Topic::trades};
    std::int32_t partition{0};
    std::int64_t offset{0};

    static MergeKey of(const Place& place) {
        return {place.log_time, place.topic, place.partition, place.offset};
    }
    friend std::strong_ordering operator<=>(const MergeKey& a, const MergeKey& b) {
        if (a.log_time != b.log_time) return a.log_time <=> b.log_time;
        if (a.topic != b.topic) return text(a.topic) <=> text(b.topic);
        return std::tie(a.partition, a.offset) <=> std::tie(b.partition, b.offset);
    }
    friend bool operator==(const MergeKey& a, const MergeKey& b) { return std::is_eq(a <=> b); }
};

// Watches that records keep the pure order. One that belongs before another that was taken already
// begins a new stretch: merged stretch by stretch, the log then gives the same order again.
class Stretch {
public:
    // Notes a record that is taken now. True where it comes too late for the present stretch.
    bool take(const MergeKey& key) {
        const bool is_late = newest_ && key < *newest_;
        newest_ = key;
        return is_late;
    }

private:
    std::optional<MergeKey> newest_;  // of the present stretch; it never falls within one
};

}  // namespace duel::projector
