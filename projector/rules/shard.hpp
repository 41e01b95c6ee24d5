#pragma once

#include "core/topic.hpp"

#include <cstdint>
#include <string>

namespace duel::projector {

// The unit that is projected alone, by one owner at a time: a partition of `trades` with all of
// `prices` (contest/P), or a partition of `prices` (market/P).
struct ShardId {
    enum class Kind { contest, market };

    Kind kind{Kind::contest};
    std::int32_t partition{0};

    // As the tables spell it.
    std::int16_t number() const {
        return static_cast<std::int16_t>(2 * partition + (kind == Kind::market ? 1 : 0));
    }
    static ShardId of_number(std::int16_t number) {
        return {number % 2 == 0 ? Kind::contest : Kind::market, number / 2};
    }
    // As people and the feed spell it: "contest/3".
    std::string name() const {
        return (kind == Kind::contest ? "contest/" : "market/") + std::to_string(partition);
    }
    // The topic whose refused records are this shard's to write down.
    Topic own_topic() const { return kind == Kind::contest ? Topic::trades : Topic::prices; }

    friend auto operator<=>(const ShardId&, const ShardId&) = default;
};

}  // namespace duel::projector
