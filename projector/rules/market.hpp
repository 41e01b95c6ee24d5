#pragma once

#include "core/event.hpp"
#include "core/wide.hpp"
#include "projector/rules/homes.hpp"
#include "projector/rules/numbering.hpp"
#include "projector/rules/place.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/rows/market_rows.hpp"
#include "projector/rules/verdict.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

// What a market shard holds in memory: its symbols, each with the candles of the last 24 hours.
namespace duel::projector {

// The 24 hours that statistics look at: the current minute and the 1,440 before it.
inline constexpr std::chrono::minutes kWindow{1440};

using Candles = std::map<Timestamp, CandleRow>;

// A price and when it was observed.
struct Observation {
    Timestamp at;
    Amount price;
};

// What the candles of the window add up to. Wider than amounts: a sum that is too big is told as
// unknown, never wrong.
struct WindowSums {
    WideSum volume;
    std::optional<Amount> high;
    std::optional<Amount> low;

    // The last 60 minutes by side; the last 15 against the 60 before those.
    WideSum buy_60;
    WideSum sell_60;
    WideSum volume_15;
    WideSum volume_60_before;
};

struct MarketSymbol {
    SymbolRow row;
    PriceRow price;
    SentimentRow sentiment;
    TokenRow token;
    bool at_home{false};  // its home is this partition
    bool priced{false};   // there was a tick
    bool sized{false};    // there was one with a size

    std::array<Candles, kIntervals> candles;
    std::array<CandleRow*, kIntervals> newest{};  // by opening time
    WindowSums sums;
    std::optional<Observation> before;  // the newest price before the window
    std::optional<Observation> first;   // the oldest price known

    Candles& minutes() { return candles[0]; }
    CandleRow* find(Interval interval, Timestamp opened_at);
    CandleRow& add(CandleRow candle);
};

class Market {
public:
    explicit Market(std::int16_t shard) : numbering{shard} {}

    MarketSymbol* find(std::string_view symbol) const;
    MarketSymbol* find(std::int64_t symbol_no) const;
    MarketSymbol& add(SymbolRow row);
    // Finds, or makes and lists for writing.
    MarketSymbol& symbol(std::string_view name, std::int64_t seq);

    // The first minute of the window; empty before the first tick.
    std::optional<Timestamp> window_start() const;

    // The candles around `at` that Postgres has, all six intervals; empty where there are none.
    void learn(std::int64_t symbol_no, Timestamp at, const std::vector<CandleRow>& candles);
    bool knows(const MarketSymbol& symbol, Timestamp at) const;

    Numbering numbering;
    std::optional<Timestamp> now;
    Homes homes;
    std::deque<MarketSymbol> symbols;
    Table<SymbolRow> changed_symbols;

    auto tables() { return std::tie(changed_symbols); }
    // Everything changed so far is in Postgres; candles before the window leave the memory.
    void settle();

private:
    boost::unordered_flat_map<std::string_view, MarketSymbol*> by_name_;
    boost::unordered_flat_map<std::int64_t, MarketSymbol*> by_no_;
    std::set<std::pair<std::int64_t, Timestamp>> learned_;  // minutes
};

// One event on its way into a market shard.
struct MarketStep {
    Market& market;
    const Place& at;
    std::int64_t seq{0};

    MarketSymbol* symbol{nullptr};
    std::optional<std::string> claims{};  // the home that this event settles
};

// What is accepted: records of a symbol at its home. A late tick may have to ask for candles that
// have left the memory.
Verdict judge(const Price& event, MarketStep& step);
Verdict judge(const Token& event, MarketStep& step);

}  // namespace duel::projector
