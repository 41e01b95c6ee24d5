#pragma once

#include "core/valuation.hpp"
#include "projector/rules/homes.hpp"
#include "projector/rules/id_memory.hpp"
#include "projector/rules/numbering.hpp"
#include "projector/rules/place.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/stakes.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

// What a contest shard holds in memory: contests, wallets, symbols, and the portfolios that still
// move. Every projection of the shard looks at it; rows in it are what Postgres has or will have
// with the next commit. Nothing here moves in memory once it is made.
namespace duel::projector {

struct Contest;
struct Portfolio;

// Counts what changes values: every new mark and every change of a portfolio. Comparing two tells
// whether a value or a ranking is still good, without walking through anything.
using Motion = std::uint64_t;

// A symbol as this shard knows it, with the price that positions are valued at.
struct Symbol {
    static constexpr std::int32_t kHomeless = -1;

    SymbolRow row;
    MarkRow mark;
    bool marked{false};            // there is a mark
    std::int32_t home{kHomeless};  // its partition of `prices`, as far as this shard has learnt
    Motion moved{0};
};

struct Position {
    PositionRow row;
    Symbol* symbol{nullptr};
};

struct Wallet {
    WalletRow row;
    Portfolio* main{nullptr};  // outside contests
};

// What a minute's history said last.
struct LastMinute {
    bool has_equity{false};
    std::optional<Amount> equity;
    Amount put_in;

    bool ranked{false};
    std::int32_t rank{0};
    std::optional<Amount> portfolio_value;
    std::optional<Amount> performance;
};

// Cash and positions of one wallet in one contest, or outside all of them.
struct Portfolio {
    PortfolioRow row;
    ParticipantRow participant;  // in a contest only
    LeaderboardRow board;
    bool on_board{false};
    LastMinute last_minute;

    Contest* contest{nullptr};  // null for a main portfolio
    Wallet* wallet{nullptr};
    std::vector<Position*> positions;
    std::vector<const Symbol*> symbols;  // of those, in their order: looked through by every trade
    Motion moved{0};
    std::optional<std::uint32_t> stake{};  // which of the contest's is its
    bool is_noted{false};                  // the stake is old

    bool is_in() const { return !participant.left_at; }
    // The number that its trade and transfer ids are unique within.
    std::int64_t scope_no() const;
    Position* find(const Symbol& symbol) const;
    // Cash and positions at the marks; empty beyond the range of amounts. Worked out when something
    // has moved since the last time.
    const std::optional<Amount>& equity() const;
    // Newest motion of what it holds.
    Motion newest_motion() const;

private:
    mutable Motion valued_{0};
    mutable bool is_valued_{false};
    mutable std::optional<Amount> equity_;
};

// The portfolios of one contest, or all main portfolios.
struct Accounts {
    std::deque<Portfolio> portfolios;
    std::deque<Position> positions;
    std::vector<Symbol*> symbols;  // of those positions
    Stakes stakes;                 // of those portfolios
    boost::unordered_flat_map<const Wallet*, Portfolio*> by_wallet;

    Portfolio* find(const Wallet* wallet) const;
    Portfolio& add(Wallet& wallet, Contest* contest);
    Position& add(Portfolio& portfolio, Symbol& symbol);
};

struct Contest {
    ContestRow row;
    std::unique_ptr<Accounts> accounts;  // gone once the contest has ended and that is committed
    bool news{false};                    // the feed has to tell its state anew
    Motion moved{0};
    std::optional<Motion> ranked;   // the motion that the last ranking saw
    std::optional<Motion> minuted;  // the motion that the last minute's history saw

    bool ended() const { return row.ended_at.has_value(); }
    Motion newest_motion() const;
};

class Ledger {
public:
    explicit Ledger(std::int16_t shard) : numbering{shard} {}

    Contest* find_contest(std::string_view contest_id) const;
    Wallet* find_wallet(std::string_view address) const;
    Symbol* find_symbol(std::string_view symbol) const;

    // Take a row that is new or read back; its number and name must be set.
    Contest& add(ContestRow row);
    Wallet& add(WalletRow row);
    Symbol& add(SymbolRow row);

    // Find, or make and list for writing.
    Wallet& wallet(std::string_view address, Timestamp seen_at, std::int64_t seq);
    Symbol& symbol(std::string_view name, std::int64_t seq);
    // The portfolio opens with `put_in` in cash.
    Portfolio& open(Wallet& wallet, Contest* contest, Amount put_in, std::int64_t seq);
    Position& position(Portfolio& portfolio, Symbol& symbol);

    // The portfolio's row changed, and with it its value.
    void touch(Portfolio& portfolio, std::int64_t seq);
    // The contest has news for the feed.
    void tell(Contest& contest, std::int64_t seq);

    Numbering numbering;
    std::optional<Timestamp> now;  // newest event time applied
    Motion motion{0};
    Homes homes;
    IdMemory<TradeFact> trade_ids;
    IdMemory<TransferFact> transfer_ids;
    MemberAnswers members;

    std::deque<Contest> contests;
    std::deque<Wallet> wallets;
    std::deque<Symbol> symbols;
    Accounts main;

    struct Changed {
        Table<ContestRow> contests;
        Table<WalletRow> wallets;
        Table<SymbolRow> symbols;
        Table<PortfolioRow> portfolios;
        Table<PositionRow> positions;
    } changed;

    auto tables() {
        return std::tie(
            changed.contests,
            changed.wallets,
            changed.symbols,
            changed.portfolios,
            changed.positions
        );
    }

    // The contest took its last record: after the next commit its portfolios leave the memory.
    void end(Contest& contest) { ended_.push_back(&contest); }

    // Everything changed so far is in Postgres. (Its tables settle by themselves.)
    void settle();

private:
    boost::unordered_flat_map<std::string_view, Contest*> contest_by_id_;
    boost::unordered_flat_map<std::string_view, Wallet*> wallet_by_address_;
    boost::unordered_flat_map<std::string_view, Symbol*> symbol_by_name_;
    std::vector<Contest*> ended_;
    std::vector<Contest*> told_;
};

}  // namespace duel::projector
