#pragma once

// The load that the measurements share: contests full of wallets that trade, and a market that
// ticks. Pure: same seed, same records (but for the run's name and the time).

#include "core/event.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace duel::bench {

// How big the world of the load is.
struct World {
    std::string name = "bench";  // begins the ids of contests, so that runs do not meet
    std::uint32_t contests = 16;
    std::uint32_t wallets = 500;  // of each contest
    std::uint32_t symbols = 20;
    std::uint64_t seed = 1;

    std::string contest(std::uint32_t number) const;
    std::string wallet(std::uint32_t number) const;  // 44 characters, as on Solana
    std::string symbol(std::uint32_t number) const;
};

// The number at the end of the name of a contest, wallet or symbol of a world.
std::uint32_t number_in(const std::string& name);

class Workload {
public:
    explicit Workload(World world) : world_(std::move(world)), random_(world_.seed) {}

    // Everything that has to be there before trades: contests, who takes part, a price of every
    // symbol.
    std::vector<Event> opening(Timestamp now) const;

    // Random contest, wallet, symbol, side and amount; a random id, which costs the index most.
    // About 230 bytes of JSON.
    Trade trade(Timestamp now);

    // A sized tick of a random symbol. About 150 bytes of JSON.
    Price tick(Timestamp now);

    // A trade in that contest by that wallet at exactly that price, which marks it.
    Trade marked_trade(std::uint32_t contest, std::uint32_t wallet, Amount price, Timestamp now);

private:
    std::uint32_t below(std::uint32_t limit);
    Amount amount(std::uint32_t least_cents, std::uint32_t most_cents);

    World world_;
    std::mt19937_64 random_;
};

}  // namespace duel::bench
