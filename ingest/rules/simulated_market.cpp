#include "ingest/rules/simulated_market.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace duel::ingest {
namespace {

constexpr Micro kOne = 1'000'000;
constexpr std::int64_t kVolatility = 180;  // millionths a tick, standard deviation
constexpr std::int64_t kPull = 100'000;    // the higher, the weaker a price is pulled home

struct Known {
    std::string_view symbol;
    std::string_view name;
    Micro price;
};

constexpr std::array<Known, 9> kKnown{{
    {"BTC", "Bitcoin", 98'000 * kOne},
    {"ETH", "Ethereum", 3'200 * kOne},
    {"SOL", "Solana", 144 * kOne},
    {"BNB", "BNB", 930 * kOne},
    {"AVAX", "Avalanche", 17 * kOne},
    {"LINK", "Chainlink", 14 * kOne},
    {"XRP", "XRP", 2'280'000},
    {"DOGE", "Dogecoin", 172'000},
    {"WIF", "dogwifhat", 470'000},
}};

const Known* known(std::string_view symbol) {
    const auto* found = std::ranges::find(kKnown, symbol, &Known::symbol);
    return found == kKnown.end() ? nullptr : found;
}

// Between 1 and 1,000, from the letters (FNV-1a).
Micro price_from(std::string_view symbol) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char letter : symbol)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    return static_cast<Micro>(kOne + Random{hash}.below(999 * kOne));
}

// Five significant digits, as an exchange's tick size would have it.
Micro to_tick(Micro price) {
    Micro step = 1;
    while (price / step >= 100'000)
        step *= 10;
    return std::max<Micro>(1, (price + step / 2) / step * step);
}

Micro part(Micro whole, std::int64_t millionths) {
    return static_cast<Micro>(static_cast<Int128>(whole) * millionths / kOne);
}

}  // namespace

Amount amount_of(Micro micro) {
    return Amount::from_units(static_cast<Int128>(micro) * 1'000'000'000'000);
}

Micro cost_of(Micro quantity, Micro price) {
    return static_cast<Micro>(static_cast<Int128>(quantity) * price / kOne);
}

SimulatedMarket::SimulatedMarket(const std::vector<std::string>& symbols) {
    for (const std::string& symbol : symbols) {
        const Known* entry = known(symbol);
        const Micro home = entry ? entry->price : to_tick(price_from(symbol));
        quotes_.push_back(Quote{.symbol = symbol, .home = home, .price = home});
    }
}

Price SimulatedMarket::tick(Random& random) {
    Quote& quote = quotes_[random.below(quotes_.size())];
    if (quote.trend_left == 0) {
        quote.trend = random.bell(15);
        quote.trend_left = random.below(600) + 60;
    }
    --quote.trend_left;

    const auto away = static_cast<std::int64_t>(
        static_cast<Int128>(quote.price - quote.home) * kOne / quote.home
    );
    const std::int64_t move = quote.trend + random.bell(kVolatility) - away / kPull;
    quote.price = to_tick(quote.price + part(quote.price, move));
    quote.momentum += move - quote.momentum / 32;

    const Micro usual = random.between(20, 1'500) * kOne;
    const Micro money = random.chance(5) ? usual * 20 : usual;
    const unsigned buyers = move > 0 ? 62 : 38;

    Price price;
    price.symbol = quote.symbol;
    price.price = amount_of(quote.price);
    price.size = amount_of(
        std::max<Micro>(1, static_cast<Micro>(static_cast<Int128>(money) * kOne / quote.price))
    );
    price.side = random.chance(buyers) ? Side::buy : Side::sell;
    price.source = "simulation";
    return price;
}

Token SimulatedMarket::token(std::size_t index) const {
    const Quote& quote = quotes_[index];
    const Known* entry = known(quote.symbol);
    Token token;
    token.symbol = quote.symbol;
    token.name = entry ? std::string{entry->name} : quote.symbol;
    return token;
}

}  // namespace duel::ingest
