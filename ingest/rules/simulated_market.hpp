#pragma once

// The market of a simulation: one random walk a symbol, with spells of trend and a pull back home.
//
// Integers only (millionths), so the same seed gives the same prices on every machine.

#include "core/amount.hpp"
#include "core/events/price.hpp"
#include "core/events/token.hpp"
#include "ingest/rules/random.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace duel::ingest {

// A price, quantity or amount of money in millionths.
using Micro = std::int64_t;

Amount amount_of(Micro micro);

// What `quantity` costs at `price`, cut to a millionth.
Micro cost_of(Micro quantity, Micro price);

class SimulatedMarket {
public:
    // Well-known symbols start at a price that looks like theirs, others at one made from their
    // name.
    explicit SimulatedMarket(const std::vector<std::string>& symbols);

    std::size_t size() const { return quotes_.size(); }
    const std::string& symbol(std::size_t index) const { return quotes_[index].symbol; }
    Micro price(std::size_t index) const { return quotes_[index].price; }

    // Where the price has been going lately: a moving sum of its moves, in millionths of the price.
    std::int64_t momentum(std::size_t index) const { return quotes_[index].momentum; }

    // Moves one symbol and says what traded there. The caller adds timestamp and label.
    Price tick(Random& random);

    // What a symbol is, for the list of tokens.
    Token token(std::size_t index) const;

private:
    struct Quote {
        std::string symbol;
        Micro home;
        Micro price;
        std::int64_t trend{0};        // millionths a tick
        std::uint64_t trend_left{0};  // ticks until a new one
        std::int64_t momentum{0};
    };

    std::vector<Quote> quotes_;
};

}  // namespace duel::ingest
