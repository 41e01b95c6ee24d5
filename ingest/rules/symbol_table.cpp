#include "ingest/rules/symbol_table.hpp"

#include "ingest/rules/letters.hpp"

#include <algorithm>
#include <array>

namespace duel::ingest {
namespace {

// The longer ones first: BTCUSDT ends in USDT, not in T after USD.
constexpr std::array<std::string_view, 6> kDollars{"FDUSD", "BUSD", "USDT", "USDC", "DAI", "USD"};

struct Alias {
    std::string_view exchange;
    std::string_view symbol;
};
constexpr std::array kAliases{Alias{"XBT", "BTC"}, Alias{"XDG", "DOGE"}};

}  // namespace

std::optional<std::string> SymbolTable::symbol_of(std::string_view market) const {
    if (const auto known = more_.find(market); known != more_.end()) return known->second;
    const auto name = upper(market);
    const auto dollar = std::ranges::find_if(kDollars, [&](std::string_view currency) {
        return name.size() > currency.size() && name.ends_with(currency);
    });
    if (dollar == kDollars.end()) return std::nullopt;
    auto symbol = name.substr(0, name.size() - dollar->size());
    if (symbol.ends_with('-') || symbol.ends_with('/') || symbol.ends_with('_')) symbol.pop_back();
    // What is left must be a name: ETH-USD-SWAP or 1/2USD are no pairs.
    const bool is_name = !symbol.empty() && std::ranges::all_of(symbol, [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    });
    if (!is_name) return std::nullopt;
    const auto alias = std::ranges::find(kAliases, symbol, &Alias::exchange);
    return alias == kAliases.end() ? symbol : std::string{alias->symbol};
}

}  // namespace duel::ingest
