#pragma once

#include "tests/unit/projector/rules/reference/written_rows.hpp"

#include <set>
#include <string>

namespace duel::projector::reference {

// What a contest shard has written. As the views have it, there is no leaderboard of an ended
// contest. When a line of a leaderboard changed stands in a table of its own.
class WrittenContests : public WrittenRows<WrittenContests> {
public:
    void add(const ContestRow& r) {
        name(r.contest_no, r.contest_id);
        if (r.ended_at) close(r);
        const std::string planned =
            cells(r.name, r.starting_balance, r.prize_pool, r.starts_at, r.ends_at);
        const std::string times = cells(r.created_at, r.started_at, r.ended_at);
        const std::string rounds = cells(r.rounds, r.current_round);
        put(r,
            r.contest_id,
            cells(r.last_event_seq, planned, times, rounds, r.total_participants, r.status));
    }
    void add(const WalletRow& r) {
        name(r.wallet_no, r.wallet_address);
        put(r, r.wallet_address, cells(r.first_seen_at, r.username_at, r.username));
    }
    void add(const SymbolRow& r) { name(r.symbol_no, r.symbol); }
    void add(const PortfolioRow& r) {
        const std::string contest = r.contest_no ? name(*r.contest_no) : "-";
        name(r.portfolio_no, cells(contest, name(r.wallet_no)));
        put(r,
            name(r.portfolio_no),
            cells(r.last_event_seq, r.last_trade_at, r.cash, r.put_in, r.realized_pnl, r.fees));
    }
    void add(const PositionRow& r) {
        put(r,
            cells(name(r.portfolio_no), name(r.symbol_no)),
            cells(r.quantity, r.cost, r.realized_pnl));
    }
    void add(const ParticipantRow& r) {
        put(r, name(r.portfolio_no), cells(r.joined_at, r.left_at, r.username));
    }
    void add(const MembershipRow& r) {
        put(r,
            std::to_string(r.seq),
            cells(name(r.portfolio_no), r.prev_seq, r.at, r.kind, r.username));
    }
    void add(const TransferRow& r) {
        put(r,
            std::to_string(r.seq),
            cells(name(r.portfolio_no), r.transferred_at, r.kind, r.transfer_id, r.amount));
    }
    void add(const TradeRow& r) {
        const Side side = r.side > 0 ? Side::buy : Side::sell;
        const std::string order = cells(side, r.amount, r.price, r.fee);
        const std::string before = cells(r.prev_seq, r.activity_prev_seq);
        put(r,
            cells(name(r.portfolio_no), r.trade_id),
            cells(name(r.symbol_no), before, r.traded_at, order, r.realized_pnl));
    }
    void add(const MarkRow& r) { put(r, name(r.symbol_no), cells(r.at, r.from_tick, r.price)); }
    void add(const FinalMarkRow& r) {
        put(r, cells(name(r.contest_no), name(r.symbol_no)), cells(r.at, r.price));
    }
    void add(const LeaderboardRow& r) {
        const std::string& key = name(r.portfolio_no);
        tables["leaderboard"].erase(key);
        tables["leaderboard.ranked_at"].erase(key);
        if (r.erased || ended_.contains(r.contest_no)) return;
        tables["leaderboard"][key] =
            cells(r.last_trade_time, r.rank, r.portfolio_value, r.performance);
        tables["leaderboard.ranked_at"][key] = cells(r.ranked_at) + " #" + std::to_string(r.seq);
    }
    void add(const FinalStandingRow& r) {
        put(r,
            name(r.portfolio_no),
            cells(r.last_trade_time, r.ranked_at, r.rank, r.portfolio_value, r.performance));
    }
    void add(const EquityHistoryRow& r) {
        put(r, cells(name(r.portfolio_no), r.minute), cells(r.equity, r.put_in));
    }
    void add(const LeaderboardHistoryRow& r) {
        put(r,
            cells(name(r.portfolio_no), r.minute),
            cells(r.rank, r.portfolio_value, r.performance));
    }

private:
    void close(const ContestRow& contest) {
        ended_.insert(contest.contest_no);
        const std::string prefix = contest.contest_id + ' ';
        for (const char* table : {"leaderboard", "leaderboard.ranked_at"})
            std::erase_if(tables[table], [&](const auto& line) {
                return line.first.starts_with(prefix);
            });
    }

    std::set<std::int64_t> ended_;
};

}  // namespace duel::projector::reference
