#pragma once

// What `--source NAME:SYMBOLS` asks for: an exchange, and its markets with their symbols.

#include "ingest/rules/exchange.hpp"
#include "ingest/rules/symbol_table.hpp"
#include "ingest/rules/tick_maker.hpp"

#include <string>
#include <vector>

namespace duel::ingest {

struct SourcePlan {
    Exchange exchange;
    std::vector<Market> markets;

    std::string name() const { return std::string{exchange.name}; }
    std::vector<std::string> market_names() const;
};

// From "coinbase:BTC", "ETH-USD", "kraken:SOL": what has no colon belongs to the source before it.
// A market as the exchange spells it, or a symbol, which is its market in dollars. Refuses, with
// the words at fault in `value`, exchanges that are not on the list or stand there twice, a source
// without markets or with more than one connection may follow, and markets that have no symbol.
Result<std::vector<SourcePlan>>
plan_sources(const std::vector<std::string>& words, const SymbolTable& symbols);

// "MARKET=SYMBOL" words as a table.
Result<SymbolTable> symbol_table_of(const std::vector<std::string>& words);

}  // namespace duel::ingest
