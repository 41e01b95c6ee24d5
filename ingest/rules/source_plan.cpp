#include "ingest/rules/source_plan.hpp"

#include "ingest/rules/exchanges.hpp"

#include <algorithm>

namespace duel::ingest {
namespace {

constexpr std::size_t kLongestSymbol = 200;

Error refused(std::string_view field, std::string_view word, std::string wanted) {
    return {Code::invalid_field, std::string{field}, excerpt(word), std::move(wanted)};
}

std::string known_exchanges() {
    std::string names;
    for (const auto make : kExchanges)
        names.append(names.empty() ? "one of " : ", ").append(make().name);
    return names;
}

bool is_plain(std::string_view word) {
    return std::ranges::all_of(word, [](char letter) {
        return (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    });
}

// Adds the market that a word means.
std::optional<Error>
add_market(std::string_view word, const SymbolTable& symbols, SourcePlan& plan) {
    // A market that the user named is spelled as the user did: not all exchanges keep to one case.
    Market market{std::string{word}, std::string{word}};
    if (!symbols.names(word)) market.name = plan.exchange.spell(word);
    auto symbol = symbols.symbol_of(word);
    if (!symbol) symbol = symbols.symbol_of(market.name);
    if (symbol)
        market.symbol = std::move(*symbol);
    else if (is_plain(word))
        market.name = plan.exchange.market_of(word);
    else
        return refused("source", word, "a market in dollars, or one that --symbol names");
    if (std::ranges::find(plan.markets, market.name, &Market::name) == plan.markets.end())
        plan.markets.push_back(std::move(market));
    return std::nullopt;
}

}  // namespace

std::vector<std::string> SourcePlan::market_names() const {
    std::vector<std::string> names;
    for (const auto& market : markets)
        names.push_back(market.name);
    return names;
}

Result<std::vector<SourcePlan>>
plan_sources(const std::vector<std::string>& words, const SymbolTable& symbols) {
    std::vector<SourcePlan> plans;
    for (std::string_view word : words) {
        if (const auto colon = word.find(':'); colon != std::string_view::npos) {
            const auto name = word.substr(0, colon);
            const auto exchange = exchange_named(name);
            if (!exchange) return refused("source", word, known_exchanges());
            const auto is_same = [&](const auto& plan) { return plan.exchange.name == name; };
            if (std::ranges::any_of(plans, is_same))
                return refused("source", word, "each exchange once");
            plans.push_back({*exchange, {}});
            word.remove_prefix(colon + 1);
        }
        if (plans.empty()) return refused("source", word, "NAME:SYMBOLS");
        if (word.empty()) continue;
        if (auto error = add_market(word, symbols, plans.back())) return *error;
    }
    for (const auto& plan : plans) {
        if (plan.markets.empty()) return refused("source", plan.exchange.name, "some markets");
        if (plan.markets.size() > plan.exchange.most_markets)
            return refused(
                "source",
                plan.exchange.name,
                "at most " + std::to_string(plan.exchange.most_markets) + " markets"
            );
    }
    return plans;
}

Result<SymbolTable> symbol_table_of(const std::vector<std::string>& words) {
    std::map<std::string, std::string, std::less<>> table;
    for (const auto& word : words) {
        const auto sign = word.find('=');
        const bool is_pair = sign != std::string::npos && sign > 0 && sign + 1 < word.size() &&
                             word.size() - sign - 1 <= kLongestSymbol;
        if (!is_pair) return refused("symbol", word, "MARKET=SYMBOL");
        table.insert_or_assign(word.substr(0, sign), word.substr(sign + 1));
    }
    return SymbolTable{std::move(table)};
}

}  // namespace duel::ingest
