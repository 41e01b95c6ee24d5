#pragma once

// Random numbers that are the same everywhere: xoshiro256** seeded through splitmix64.
//
// The standard library's distributions differ between implementations; these use integers only, so
// a seed gives the same simulation on every machine.

#include <array>
#include <cstdint>

namespace duel::ingest {

class Random {
public:
    explicit Random(std::uint64_t seed);

    // 64 random bits.
    std::uint64_t bits();

    // A number in [0, limit); limit > 0.
    std::uint64_t below(std::uint64_t limit);

    // A number in [least, most].
    std::int64_t between(std::int64_t least, std::int64_t most);

    // About normally distributed around 0 with this standard deviation, never beyond three of them.
    std::int64_t bell(std::int64_t deviation);

    // True in `percent` of a hundred cases.
    bool chance(unsigned percent) { return below(100) < percent; }

private:
    std::array<std::uint64_t, 4> state_{};
};

}  // namespace duel::ingest
