#pragma once

#include "tests/unit/projector/rules/reference/books.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

// Trades, transfers and ticks into the books: part of the slow reference. Shares no code with
// projector/rules.
namespace duel::projector::reference {

class Entries {
public:
    Entries(Books& books, Rows& rows) : books_{books}, rows_{rows} {}

    void on(const Trade& event) {
        auto [account, ids] = account_of(event);
        Portfolio& portfolio = account.portfolio;
        const std::string contest_id = event.contest_id.value_or("-");
        const std::string key = cells(contest_id, event.wallet_address);
        const Whole gain = portfolio.trade(event);
        ids.trades.emplace(event.trade_id, event);

        std::int64_t activity_before = 0;
        if (event.contest_id) {
            Contest& contest = books_.contests.at(contest_id);
            activity_before = std::exchange(contest.last_event_seq, rows_.seq);
            write(contest);
        }
        const std::int64_t trade_before = std::exchange(portfolio.last_trade_seq, rows_.seq);
        const std::string order = cells(event.side, event.amount, event.price, event.fee);
        rows_.write(
            "trades",
            cells(key, event.trade_id),
            cells(event.symbol, trade_before, activity_before, event.timestamp, order, gain)
        );
        write(contest_id, event.wallet_address, portfolio);
        const Lot& lot = portfolio.lots.at(event.symbol);
        rows_.write(
            "positions", cells(key, event.symbol), cells(lot.quantity, lot.cost, lot.realized)
        );
        const auto mark = books_.marks.find(event.symbol);
        if (mark == books_.marks.end() ||
            (!mark->second.from_tick && event.timestamp >= mark->second.at))
            move(event.symbol, {exact(event.price), event.timestamp, false});
    }

    void on(const Price& event) {
        const auto mark = books_.marks.find(event.symbol);
        if (mark == books_.marks.end() || !mark->second.from_tick ||
            event.timestamp >= mark->second.at)
            move(event.symbol, {exact(event.price), event.timestamp, true});
    }

    // A deposit with sign 1, a withdrawal with -1.
    template <class E>
    void transfer(const E& event, int sign) {
        auto [account, ids] = account_of(event);
        account.portfolio.transfer(sign * exact(event.amount));
        if (event.transfer_id) ids.transfers.emplace(*event.transfer_id, event);
        const std::string contest_id = event.contest_id.value_or("-");
        const std::string& wallet = event.wallet_address;
        write(contest_id, wallet, account.portfolio);
        rows_.write(
            "transfers",
            std::to_string(rows_.seq),
            cells(contest_id, wallet, event.timestamp, sign, event.transfer_id, event.amount)
        );
    }

    void write(const std::string& contest, const std::string& wallet, const Portfolio& p) {
        rows_.write(
            "portfolios",
            cells(contest, wallet),
            cells(p.last_trade_seq, p.last_trade_at, p.cash, p.put_in, p.realized, p.fees)
        );
    }

    void write(const Contest& contest) {
        const ContestCreated& plan = contest.created;
        int participants = 0;
        for (const auto& [wallet, account] : contest.accounts)
            participants += account.is_in() ? 1 : 0;
        const std::string planned =
            cells(plan.name, plan.starting_balance, plan.prize_pool, plan.starts_at, plan.ends_at);
        const std::string times = cells(plan.timestamp, contest.started_at, contest.ended_at);
        const std::string rounds = cells(plan.rounds, contest.round);
        rows_.write(
            "contests",
            plan.contest_id,
            cells(contest.last_event_seq, planned, times, rounds, participants, contest.status)
        );
    }

    // A wallet's oldest event, and the name that it joined with last.
    void
    meet(const std::string& wallet, Timestamp at, const std::optional<std::string>& username = {}) {
        Wallet& known = wallets_[wallet];
        const bool is_older = !known.first_seen_at || at < *known.first_seen_at;
        if (is_older) known.first_seen_at = at;
        if (username) known.username_at = at;
        if (username) known.username = username;
        if (is_older || username)
            rows_.write(
                "wallets", wallet, cells(known.first_seen_at, known.username_at, known.username)
            );
    }

private:
    struct Wallet {
        std::optional<Timestamp> first_seen_at, username_at;
        std::optional<std::string> username;
    };

    // Where a trade or transfer goes: its contest's account, or the wallet's own.
    template <class E>
    std::pair<Account&, Ids&> account_of(const E& event) {
        meet(event.wallet_address, event.timestamp);
        if (event.contest_id) {
            Contest& contest = books_.contests.at(*event.contest_id);
            return {contest.accounts.at(event.wallet_address), contest.ids};
        }
        return {books_.main[event.wallet_address], books_.main_ids[event.wallet_address]};
    }

    void move(const std::string& symbol, const Mark& mark) {
        books_.marks[symbol] = mark;
        rows_.write("marks", symbol, cells(mark.at, mark.from_tick, mark.price));
    }

    Books& books_;
    Rows& rows_;
    std::map<std::string, Wallet> wallets_;
};

}  // namespace duel::projector::reference
