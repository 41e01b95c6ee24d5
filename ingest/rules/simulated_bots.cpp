#include "ingest/rules/simulated_bots.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>

namespace duel::ingest {
namespace {

constexpr Micro kOne = 1'000'000;
constexpr Micro kSmallestOrder = 10 * kOne;
constexpr std::int64_t kFee = 450;           // millionths of what is traded
constexpr std::int64_t kHalfSpread = 100;    // millionths of the price
constexpr std::int64_t kStrongMove = 1'500;  // momentum at which a bot is sure

constexpr std::array<std::string_view, 16> kTempers{
    "Patient",
    "Bold",
    "Quiet",
    "Lucky",
    "Grumpy",
    "Swift",
    "Sleepy",
    "Stubborn",
    "Careful",
    "Brave",
    "Hasty",
    "Cunning",
    "Merry",
    "Proud",
    "Shy",
    "Restless"};
constexpr std::array<std::string_view, 16> kAnimals{
    "Heron",
    "Badger",
    "Otter",
    "Falcon",
    "Lynx",
    "Tortoise",
    "Magpie",
    "Marmot",
    "Ibex",
    "Raven",
    "Hare",
    "Pike",
    "Boar",
    "Weasel",
    "Stork",
    "Mole"};
constexpr std::array<BotStyle, 5> kStyles{
    BotStyle::follower,
    BotStyle::contrarian,
    BotStyle::holder,
    BotStyle::scalper,
    BotStyle::gambler};

// Every temper meets every animal once before a name gets a number.
std::string name_of(std::size_t index, std::size_t shift) {
    const std::size_t round = index / (kTempers.size() * kAnimals.size());
    const std::size_t temper = (index + shift) % kTempers.size();
    const std::size_t animal = (index + index / kTempers.size() + shift / 16) % kAnimals.size();
    const std::string name = fmt::format("{} {}", kTempers[temper], kAnimals[animal]);
    return round == 0 ? name : fmt::format("{} {}", name, round + 1);
}

Micro equity_of(const SimulatedBot& bot, const SimulatedMarket& market) {
    Micro equity = bot.cash;
    for (std::size_t index = 0; index < bot.quantities.size(); ++index)
        equity += cost_of(bot.quantities[index], market.price(index));
    return equity;
}

// How much of its appetite a bot wants in a symbol: -100 (short) to 100 (long).
std::int64_t conviction(const SimulatedBot& bot, std::int64_t momentum, Random& random) {
    const std::int64_t trend = std::clamp(momentum * 100 / kStrongMove, -100L, 100L);
    switch (bot.style) {
        case BotStyle::follower:
            return trend;
        case BotStyle::contrarian:
            return -trend;
        case BotStyle::holder:
            return 100;
        case BotStyle::scalper:
            return random.between(-100, 100);
        case BotStyle::gambler:
            return random.chance(50) ? 100 : -100;
    }
    std::abort();
}

// What the bot will hold of the symbol, in money.
Micro wanted_exposure(
    const SimulatedBot& bot,
    const SimulatedMarket& market,
    std::size_t index,
    Random& random
) {
    const Micro equity = equity_of(bot, market);
    if (equity < SimulatedBots::kStartingBalance / 20) return 0;  // nearly broke: only closes
    const std::int64_t share = conviction(bot, market.momentum(index), random) * bot.appetite;
    const auto symbols = static_cast<std::int64_t>(market.size());
    return static_cast<Micro>(static_cast<Int128>(equity) * share / (Int128{10'000} * symbols));
}

}  // namespace

SimulatedBots::SimulatedBots(std::size_t count, std::size_t symbols, Random& random) {
    constexpr std::array<std::int64_t, 5> kAppetites{200, 250, 90, 60, 450};
    const std::size_t shift = random.below(256);
    for (std::size_t index = 0; index < count; ++index) {
        const std::size_t kind = index % kStyles.size();
        SimulatedBot bot;
        bot.wallet_address = fmt::format(
            "0x{:016x}{:016x}{:08x}", random.bits(), random.bits(), random.bits() >> 32U
        );
        bot.username = name_of(index, shift);
        bot.style = kStyles[kind];
        bot.appetite =
            kAppetites[kind] + random.between(-kAppetites[kind] / 3, kAppetites[kind] / 3);
        bot.cash = kStartingBalance;
        bot.quantities.resize(symbols);
        bots_.push_back(std::move(bot));
    }
}

std::optional<Trade> SimulatedBots::trade(const SimulatedMarket& market, Random& random) {
    SimulatedBot& bot = bots_[random.below(bots_.size())];
    const std::size_t index = random.below(market.size());
    const Micro held = cost_of(bot.quantities[index], market.price(index));
    const Micro missing = wanted_exposure(bot, market, index, random) - held;
    const Micro order =
        static_cast<Micro>(static_cast<Int128>(missing) * random.between(20, 100) / 100);
    if (std::abs(order) < kSmallestOrder) return std::nullopt;

    const bool buys = order > 0;
    const Micro mid = market.price(index);
    const Micro spread = std::max<Micro>(
        mid >= 10'000 ? 1 : 0, static_cast<Micro>(static_cast<Int128>(mid) * kHalfSpread / kOne)
    );
    const Micro price = buys ? mid + spread : std::max<Micro>(1, mid - spread);
    const auto quantity = static_cast<Micro>(static_cast<Int128>(std::abs(order)) * kOne / price);
    if (quantity == 0) return std::nullopt;
    const Micro cost = cost_of(quantity, price);
    const auto fee = static_cast<Micro>(static_cast<Int128>(cost) * kFee / kOne);

    bot.cash += (buys ? -cost : cost) - fee;
    bot.quantities[index] += buys ? quantity : -quantity;

    Trade trade;
    trade.wallet_address = bot.wallet_address;
    trade.symbol = market.symbol(index);
    trade.side = buys ? Side::buy : Side::sell;
    trade.amount = amount_of(quantity);
    trade.price = amount_of(price);
    trade.fee = amount_of(fee);
    return trade;
}

}  // namespace duel::ingest
