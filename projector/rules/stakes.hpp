#pragma once

#include "core/amount.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace duel::projector {

struct Portfolio;
struct Symbol;

// What a ranking looks at of each portfolio of a contest, side by side in memory. Portfolios
// themselves lie apart: waiting for a hundred thousand of them costs ten times their arithmetic.
class Stakes {
public:
    struct Holding {
        Amount quantity;
        std::uint32_t symbol{0};  // its place among symbols()
    };
    struct Stake {
        Portfolio* portfolio{nullptr};
        Amount cash;
        Amount put_in;
        bool is_in{false};
        std::uint32_t first{0};  // of its holdings
        std::uint32_t count{0};
        std::uint32_t room{0};
    };

    // The portfolio is new, or something of it changed: it is looked at before the next refresh().
    void note(Portfolio& portfolio);

    // Takes in what was noted. In the order in which the portfolios came.
    const std::vector<Stake>& refresh();
    std::span<const Holding> holdings(const Stake& stake) const {
        return {holdings_.data() + stake.first, stake.count};
    }
    const std::vector<const Symbol*>& symbols() const { return symbols_; }

private:
    void look_at(const Portfolio& portfolio, Stake& stake);
    std::uint32_t place_of(const Symbol& symbol);

    std::vector<Stake> stakes_;
    std::vector<Holding> holdings_;  // of all of them; where one outgrew its room, a gap
    std::vector<const Symbol*> symbols_;
    std::vector<Portfolio*> noted_;
};

}  // namespace duel::projector
