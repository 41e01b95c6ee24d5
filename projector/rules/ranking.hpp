#pragma once

#include "projector/rules/ledger.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace duel::projector {

// One line of a ranking.
struct Standing {
    Portfolio* portfolio{nullptr};
    std::int32_t rank{0};
    std::optional<Amount> portfolio_value;  // empty beyond the range of amounts
    std::optional<Amount> performance;      // empty so, or where nothing was put in
};

// Ranks contests, and keeps its buffers from one to the next.
class Ranking {
public:
    // Who is in, in the order of joining. The best performance has rank 1, equal performance shares
    // a rank: 1, 2, 2, 4. Where nothing was put in it counts as 0; where it cannot be expressed it
    // ranks last. Changes nothing but what is put by for the next time. Valid until the next one.
    const std::vector<Standing>& rank(Contest& contest);

private:
    // What is sorted: small, because it is moved about.
    struct Entry {
        Int128 score;  // performance in units; below all where there is none to express
        std::uint32_t standing;
    };

    std::vector<Standing> standings_;
    std::vector<Entry> entries_;
    std::vector<Amount> marks_;
};

}  // namespace duel::projector
