#pragma once

#include "core/amount.hpp"
#include "core/time.hpp"
#include "core/words.hpp"
#include "projector/rules/table.hpp"

#include <cstdint>
#include <optional>
#include <string>

// The rows of a contest shard that change in place. What the columns mean:
// migrations/002_model.sql.
namespace duel::projector {

struct Contest;
struct Portfolio;

struct ContestRow : Versioned {
    static constexpr std::string_view kTable = "contests";
    static constexpr std::size_t kKeys = 1;

    std::int64_t contest_no{0};
    std::int64_t last_event_seq{0};
    Timestamp starts_at;
    Timestamp ends_at;
    Timestamp created_at;
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> ended_at;
    std::optional<std::int32_t> rounds;
    std::optional<std::int32_t> current_round;
    std::int32_t total_participants{0};
    ContestStatus status{ContestStatus::upcoming};
    std::string contest_id;
    std::string name;
    Amount starting_balance;
    Amount prize_pool;
    Contest* owner{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("contest_no", &ContestRow::contest_no),
            column("last_event_seq", &ContestRow::last_event_seq),
            column("starts_at", &ContestRow::starts_at),
            column("ends_at", &ContestRow::ends_at),
            column("created_at", &ContestRow::created_at),
            column("started_at", &ContestRow::started_at),
            column("ended_at", &ContestRow::ended_at),
            column("rounds", &ContestRow::rounds),
            column("current_round", &ContestRow::current_round),
            column("total_participants", &ContestRow::total_participants),
            column("status", &ContestRow::status),
            column("contest_id", &ContestRow::contest_id),
            column("name", &ContestRow::name),
            column("starting_balance", &ContestRow::starting_balance),
            column("prize_pool", &ContestRow::prize_pool)
        );
    }
};

struct WalletRow : Versioned {
    static constexpr std::string_view kTable = "wallets";
    static constexpr std::size_t kKeys = 1;

    std::int64_t wallet_no{0};
    Timestamp first_seen_at;
    std::optional<Timestamp> username_at;
    std::string wallet_address;
    std::optional<std::string> username;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("wallet_no", &WalletRow::wallet_no),
            column("first_seen_at", &WalletRow::first_seen_at),
            column("username_at", &WalletRow::username_at),
            column("wallet_address", &WalletRow::wallet_address),
            column("username", &WalletRow::username)
        );
    }
};

struct SymbolRow : Versioned {
    static constexpr std::string_view kTable = "symbols";
    static constexpr std::size_t kKeys = 1;

    std::int64_t symbol_no{0};
    std::string symbol;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("symbol_no", &SymbolRow::symbol_no), column("symbol", &SymbolRow::symbol)
        );
    }
};

struct PortfolioRow : Versioned {
    static constexpr std::string_view kTable = "portfolios";
    static constexpr std::size_t kKeys = 1;

    std::int64_t portfolio_no{0};
    std::optional<std::int64_t> contest_no;
    std::int64_t wallet_no{0};
    std::int64_t last_event_seq{0};
    std::optional<Timestamp> last_trade_at;
    Amount cash;
    Amount put_in;
    Amount realized_pnl;
    Amount fees;
    Portfolio* owner{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &PortfolioRow::portfolio_no),
            column("contest_no", &PortfolioRow::contest_no),
            column("wallet_no", &PortfolioRow::wallet_no),
            column("last_event_seq", &PortfolioRow::last_event_seq),
            column("last_trade_at", &PortfolioRow::last_trade_at),
            column("cash", &PortfolioRow::cash),
            column("put_in", &PortfolioRow::put_in),
            column("realized_pnl", &PortfolioRow::realized_pnl),
            column("fees", &PortfolioRow::fees)
        );
    }
};

struct ParticipantRow : Versioned {
    static constexpr std::string_view kTable = "participants";
    static constexpr std::size_t kKeys = 1;

    std::int64_t portfolio_no{0};
    std::int64_t contest_no{0};
    Timestamp joined_at;
    std::optional<Timestamp> left_at;
    std::string username;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &ParticipantRow::portfolio_no),
            column("contest_no", &ParticipantRow::contest_no),
            column("joined_at", &ParticipantRow::joined_at),
            column("left_at", &ParticipantRow::left_at),
            column("username", &ParticipantRow::username)
        );
    }
};

struct PositionRow : Versioned {
    static constexpr std::string_view kTable = "positions";
    static constexpr std::size_t kKeys = 2;

    std::int64_t portfolio_no{0};
    std::int64_t symbol_no{0};
    Amount quantity;
    Amount cost;
    Amount realized_pnl;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &PositionRow::portfolio_no),
            column("symbol_no", &PositionRow::symbol_no),
            column("quantity", &PositionRow::quantity),
            column("cost", &PositionRow::cost),
            column("realized_pnl", &PositionRow::realized_pnl)
        );
    }
};

struct MarkRow : Versioned {
    static constexpr std::string_view kTable = "marks";
    static constexpr std::size_t kKeys = 1;

    std::int64_t symbol_no{0};
    Timestamp at;
    bool from_tick{false};
    Amount price;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("symbol_no", &MarkRow::symbol_no),
            column("at", &MarkRow::at),
            column("from_tick", &MarkRow::from_tick),
            column("price", &MarkRow::price)
        );
    }
};

struct LeaderboardRow : Versioned {
    static constexpr std::string_view kTable = "leaderboard";
    static constexpr std::size_t kKeys = 1;

    std::int64_t portfolio_no{0};
    std::int64_t contest_no{0};
    std::optional<Timestamp> last_trade_time;
    Timestamp ranked_at;
    std::int32_t rank{0};
    std::optional<Amount> portfolio_value;
    std::optional<Amount> performance;
    Portfolio* owner{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &LeaderboardRow::portfolio_no),
            column("contest_no", &LeaderboardRow::contest_no),
            column("last_trade_time", &LeaderboardRow::last_trade_time),
            column("ranked_at", &LeaderboardRow::ranked_at),
            column("rank", &LeaderboardRow::rank),
            column("portfolio_value", &LeaderboardRow::portfolio_value),
            column("performance", &LeaderboardRow::performance)
        );
    }
};

}  // namespace duel::projector
