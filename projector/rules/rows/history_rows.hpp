#pragma once

#include "core/amount.hpp"
#include "core/time.hpp"
#include "projector/rules/table.hpp"

#include <cstdint>
#include <optional>
#include <string>

// The rows of a contest shard that are written once. What the columns mean:
// migrations/002_model.sql.
namespace duel::projector {

struct Portfolio;
struct Symbol;

struct TradeRow {
    static constexpr std::string_view kTable = "trades";
    static constexpr std::size_t kKeys = 2;

    std::int64_t seq{0};
    std::int64_t scope_no{0};
    std::string trade_id;
    std::int64_t portfolio_no{0};
    std::int64_t symbol_no{0};
    std::int64_t prev_seq{0};
    std::int64_t activity_prev_seq{0};
    std::int64_t offset{0};
    Timestamp traded_at;
    std::int16_t side{1};
    Amount amount;
    Amount price;
    Amount fee;
    Amount realized_pnl;
    const Portfolio* portfolio{nullptr};
    const Symbol* symbol{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("scope_no", &TradeRow::scope_no),
            column("trade_id", &TradeRow::trade_id),
            column("portfolio_no", &TradeRow::portfolio_no),
            column("symbol_no", &TradeRow::symbol_no),
            column("prev_seq", &TradeRow::prev_seq),
            column("activity_prev_seq", &TradeRow::activity_prev_seq),
            column("\"offset\"", &TradeRow::offset),
            column("traded_at", &TradeRow::traded_at),
            column("side", &TradeRow::side),
            column("amount", &TradeRow::amount),
            column("price", &TradeRow::price),
            column("fee", &TradeRow::fee),
            column("realized_pnl", &TradeRow::realized_pnl)
        );
    }
};

struct TransferRow {
    static constexpr std::string_view kTable = "transfers";
    static constexpr std::size_t kKeys = 1;

    std::int64_t seq{0};
    std::int64_t offset{0};
    std::int64_t scope_no{0};
    std::int64_t portfolio_no{0};
    Timestamp transferred_at;
    std::int16_t kind{1};
    std::optional<std::string> transfer_id;
    Amount amount;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("\"offset\"", &TransferRow::offset),
            column("scope_no", &TransferRow::scope_no),
            column("portfolio_no", &TransferRow::portfolio_no),
            column("transferred_at", &TransferRow::transferred_at),
            column("kind", &TransferRow::kind),
            column("transfer_id", &TransferRow::transfer_id),
            column("amount", &TransferRow::amount)
        );
    }
};

struct MembershipRow {
    static constexpr std::string_view kTable = "membership";
    static constexpr std::size_t kKeys = 0;

    std::int64_t seq{0};
    std::int64_t contest_no{0};
    std::int64_t portfolio_no{0};
    std::int64_t prev_seq{0};
    Timestamp at;
    std::int16_t kind{1};
    std::string username;
    const Portfolio* portfolio{nullptr};

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("contest_no", &MembershipRow::contest_no),
            column("portfolio_no", &MembershipRow::portfolio_no),
            column("prev_seq", &MembershipRow::prev_seq),
            column("at", &MembershipRow::at),
            column("kind", &MembershipRow::kind),
            column("username", &MembershipRow::username)
        );
    }
};

struct FinalMarkRow {
    static constexpr std::string_view kTable = "final_marks";
    static constexpr std::size_t kKeys = 2;

    std::int64_t seq{0};
    std::int64_t contest_no{0};
    std::int64_t symbol_no{0};
    Timestamp at;
    Amount price;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("contest_no", &FinalMarkRow::contest_no),
            column("symbol_no", &FinalMarkRow::symbol_no),
            column("at", &FinalMarkRow::at),
            column("price", &FinalMarkRow::price)
        );
    }
};

struct FinalStandingRow {
    static constexpr std::string_view kTable = "final_standings";
    static constexpr std::size_t kKeys = 1;

    std::int64_t seq{0};
    std::int64_t portfolio_no{0};
    std::int64_t contest_no{0};
    std::optional<Timestamp> last_trade_time;
    Timestamp ranked_at;
    std::int32_t rank{0};
    std::optional<Amount> portfolio_value;
    std::optional<Amount> performance;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &FinalStandingRow::portfolio_no),
            column("contest_no", &FinalStandingRow::contest_no),
            column("last_trade_time", &FinalStandingRow::last_trade_time),
            column("ranked_at", &FinalStandingRow::ranked_at),
            column("rank", &FinalStandingRow::rank),
            column("portfolio_value", &FinalStandingRow::portfolio_value),
            column("performance", &FinalStandingRow::performance)
        );
    }
};

struct EquityHistoryRow {
    static constexpr std::string_view kTable = "equity_history";
    static constexpr std::size_t kKeys = 2;

    std::int64_t seq{0};
    std::int64_t portfolio_no{0};
    Timestamp minute;
    std::optional<Amount> equity;
    Amount put_in;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &EquityHistoryRow::portfolio_no),
            column("minute", &EquityHistoryRow::minute),
            column("equity", &EquityHistoryRow::equity),
            column("put_in", &EquityHistoryRow::put_in)
        );
    }
};

struct LeaderboardHistoryRow {
    static constexpr std::string_view kTable = "leaderboard_history";
    static constexpr std::size_t kKeys = 2;

    std::int64_t seq{0};
    std::int64_t portfolio_no{0};
    Timestamp minute;
    std::int64_t contest_no{0};
    std::optional<std::int32_t> rank;  // empty: ranked no more
    std::optional<Amount> portfolio_value;
    std::optional<Amount> performance;

    template <class Visit>
    static constexpr auto columns(Visit&& visit) {
        return visit(
            column("portfolio_no", &LeaderboardHistoryRow::portfolio_no),
            column("minute", &LeaderboardHistoryRow::minute),
            column("contest_no", &LeaderboardHistoryRow::contest_no),
            column("rank", &LeaderboardHistoryRow::rank),
            column("portfolio_value", &LeaderboardHistoryRow::portfolio_value),
            column("performance", &LeaderboardHistoryRow::performance)
        );
    }
};

}  // namespace duel::projector
