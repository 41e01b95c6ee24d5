#include "projector/rules/market.hpp"

#include <algorithm>

namespace duel::projector {
namespace {

template <class E>
Verdict judge_home(const E& event, MarketStep& step) {
    step.symbol = step.market.find(event.symbol);
    if (step.symbol != nullptr && step.symbol->at_home) return Verdict::accept();
    std::string key = symbol_home(event.symbol);
    const auto answer = step.market.homes.find(key);
    if (!answer) return Verdict::ask({.kind = Question::Kind::home, .text = std::move(key)});
    if (!*answer) {
        step.claims = std::move(key);
    } else if (**answer != step.at.partition) {
        return Verdict::refuse(
            {Code::wrong_partition,
             "symbol",
             excerpt('"' + event.symbol + '"'),
             "its home, partition " + std::to_string(**answer)}
        );
    }
    return Verdict::accept();
}

// Would the tick take the volume of one of its candles to 10^20?
bool overflows(MarketSymbol& symbol, const Price& event) {
    if (!event.size) return false;
    try {
        for (std::size_t i = 0; i < kIntervals; ++i) {
            const auto interval = static_cast<Interval>(i);
            const CandleRow* candle = symbol.find(interval, opening_of(interval, event.timestamp));
            if (candle != nullptr) (void)(candle->volume + *event.size);
        }
    } catch (const AmountOverflow&) {
        return true;
    }
    return false;
}

}  // namespace

CandleRow* MarketSymbol::find(Interval interval, Timestamp opened_at) {
    const auto i = static_cast<std::size_t>(interval);
    if (newest[i] != nullptr && newest[i]->opened_at == opened_at) return newest[i];
    const auto found = candles[i].find(opened_at);
    return found == candles[i].end() ? nullptr : &found->second;
}

CandleRow& MarketSymbol::add(CandleRow candle) {
    const auto i = static_cast<std::size_t>(candle.interval);
    candle.owner = this;
    CandleRow& added = candles[i].emplace(candle.opened_at, candle).first->second;
    if (newest[i] == nullptr || newest[i]->opened_at < added.opened_at) newest[i] = &added;
    return added;
}

MarketSymbol* Market::find(std::string_view symbol) const {
    const auto found = by_name_.find(symbol);
    return found == by_name_.end() ? nullptr : found->second;
}

MarketSymbol* Market::find(std::int64_t symbol_no) const {
    const auto found = by_no_.find(symbol_no);
    return found == by_no_.end() ? nullptr : found->second;
}

MarketSymbol& Market::add(SymbolRow row) {
    MarketSymbol& symbol = symbols.emplace_back();
    symbol.row = std::move(row);
    symbol.price.symbol_no = symbol.row.symbol_no;
    symbol.sentiment.symbol_no = symbol.row.symbol_no;
    symbol.token.symbol_no = symbol.row.symbol_no;
    symbol.price.owner = &symbol;
    symbol.sentiment.owner = &symbol;
    by_name_.emplace(symbol.row.symbol, &symbol);
    by_no_.emplace(symbol.row.symbol_no, &symbol);
    return symbol;
}

MarketSymbol& Market::symbol(std::string_view name, std::int64_t seq) {
    if (MarketSymbol* known = find(name)) return *known;
    SymbolRow row;
    row.symbol_no = numbering.take();
    row.symbol = name;
    MarketSymbol& symbol = add(std::move(row));
    changed_symbols.touch(symbol.row, seq);
    return symbol;
}

std::optional<Timestamp> Market::window_start() const {
    if (!now) return std::nullopt;
    return minute_of(*now) - kWindow;
}

void Market::learn(std::int64_t symbol_no, Timestamp at, const std::vector<CandleRow>& candles) {
    learned_.emplace(symbol_no, minute_of(at));
    MarketSymbol* symbol = find(symbol_no);
    for (const CandleRow& candle : candles)
        symbol->add(candle);
}

bool Market::knows(const MarketSymbol& symbol, Timestamp at) const {
    const auto start = window_start();
    if (!symbol.priced || !start || at >= *start) return true;
    return learned_.contains({symbol.row.symbol_no, minute_of(at)});
}

void Market::settle() {
    homes.settle();
    learned_.clear();
    const auto start = window_start();
    if (!start) return;
    for (MarketSymbol& symbol : symbols) {
        for (std::size_t i = 0; i < kIntervals; ++i) {
            Candles& candles = symbol.candles[i];
            const auto length = length_of(static_cast<Interval>(i));
            while (!candles.empty() && candles.begin()->first + length <= *start) {
                if (symbol.newest[i] == &candles.begin()->second) symbol.newest[i] = nullptr;
                candles.erase(candles.begin());
            }
        }
    }
}

Verdict judge(const Price& event, MarketStep& step) {
    if (Verdict home = judge_home(event, step); home.outcome != Outcome::applied) return home;
    if (step.symbol == nullptr) return Verdict::accept();
    if (!step.market.knows(*step.symbol, event.timestamp)) {
        return Verdict::ask(
            {.kind = Question::Kind::candles,
             .no = step.symbol->row.symbol_no,
             .at = minute_of(event.timestamp)}
        );
    }
    if (overflows(*step.symbol, event)) {
        return Verdict::refuse(
            {Code::invalid_field,
             "size",
             event.size->text(),
             "a size that keeps the volume of a candle below 10^20"}
        );
    }
    return Verdict::accept();
}

Verdict judge(const Token& event, MarketStep& step) {
    return judge_home(event, step);
}

}  // namespace duel::projector
