#pragma once

// The participants of a simulated contest: bots with a style each, so that the leaderboard moves.

#include "core/events/trade.hpp"
#include "ingest/rules/random.hpp"
#include "ingest/rules/simulated_market.hpp"

#include <optional>
#include <string>
#include <vector>

namespace duel::ingest {

// What a bot does with the market's momentum.
enum class BotStyle {
    follower,    // goes with it
    contrarian,  // goes against it
    holder,      // buys and keeps
    scalper,     // in and out, small
    gambler,     // all in, either way
};

struct SimulatedBot {
    std::string wallet_address;
    std::string username;
    BotStyle style{};
    std::int64_t appetite{};  // position it wants at most, in percent of its equity
    Micro cash{};
    std::vector<Micro> quantities;  // by symbol of the market
};

class SimulatedBots {
public:
    static constexpr Micro kStartingBalance = 10'000'000'000;  // 10,000

    // Names, addresses and styles come from `random`.
    SimulatedBots(std::size_t count, std::size_t symbols, Random& random);

    const std::vector<SimulatedBot>& all() const { return bots_; }

    // One bot looks at one symbol and trades at its price, a little worse for it, with a fee of
    // 0.045 %. Empty when it sees no reason to. The caller adds timestamp, contest and trade_id.
    std::optional<Trade> trade(const SimulatedMarket& market, Random& random);

private:
    std::vector<SimulatedBot> bots_;
};

}  // namespace duel::ingest
