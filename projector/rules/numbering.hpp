#pragma once

#include <cstdint>

namespace duel::projector {

// Gives out the integer keys of one shard, in the order of its log: shard × 2^40 + n. A replay
// gives the same numbers to the same names.
class Numbering {
public:
    static constexpr int kBits = 40;

    explicit Numbering(std::int16_t shard = 0, std::int64_t next = 1)
        : base_{static_cast<std::int64_t>(shard) << kBits}, next_{next} {}

    std::int64_t take() { return base_ + next_++; }
    std::int64_t next() const { return next_; }

private:
    std::int64_t base_;
    std::int64_t next_;
};

}  // namespace duel::projector
