#pragma once

// Which symbol a market of an exchange is: BTC-USD, XBT/USD, BTCUSDT and btcusd are all BTC.
//
// A market whose prices are in dollars, or in a token worth one, is the symbol before the currency.
// Other markets have no symbol of their own: BTC in euros is no price of BTC in dollars. Whoever
// wants them says by which name.

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace duel::ingest {

class SymbolTable {
public:
    SymbolTable() = default;
    // "MARKET" → "SYMBOL", before all rules.
    explicit SymbolTable(std::map<std::string, std::string, std::less<>> more)
        : more_{std::move(more)} {}

    // Nothing where the market's prices are in something else than dollars.
    std::optional<std::string> symbol_of(std::string_view market) const;
    // Whether it is one of `more`.
    bool names(std::string_view market) const { return more_.find(market) != more_.end(); }

private:
    std::map<std::string, std::string, std::less<>> more_{};
};

}  // namespace duel::ingest
