#pragma once

#include "tests/unit/projector/rules/reference/books.hpp"

#include <map>
#include <string>
#include <utility>

// Leaderboards, and the histories of equity and rank: part of the slow reference. Shares no code
// with projector/rules.
namespace duel::projector::reference {

// Who is in, by performance: the rank is one more than the number of those who are better. Where
// nothing was put in performance counts as 0; what cannot be expressed ranks last.
inline std::map<std::string, Standing> ranking(const Contest& contest, const Marks& marks) {
    struct Score {
        bool expressible{false};
        Whole performance;

        bool is_better_than(const Score& other) const {
            if (!expressible || !other.expressible) return expressible && !other.expressible;
            return performance > other.performance;
        }
    };
    std::map<std::string, Standing> standings;
    std::map<std::string, Score> scores;
    for (const auto& [wallet, account] : contest.accounts) {
        if (!account.is_in()) continue;
        const Portfolio& portfolio = account.portfolio;
        Standing& standing = standings[wallet];
        standing.value = portfolio.equity(marks);
        if (standing.value) standing.performance = percent(*standing.value, portfolio.put_in);
        const bool is_zero = standing.value && portfolio.put_in <= 0;
        scores[wallet] = {is_zero || standing.performance, standing.performance.value_or(Whole{0})};
    }
    for (auto& [wallet, standing] : standings) {
        standing.rank = 1;
        for (const auto& [other, score] : scores)
            if (score.is_better_than(scores[wallet])) ++*standing.rank;
    }
    return standings;
}

class Standings {
public:
    Standings(Books& books, Rows& rows) : books_{books}, rows_{rows} {}

    // Lines that changed get the time of this ranking, in a table of their own.
    void rank(const std::string& id, Contest& contest) {
        for (const auto& [wallet, standing] : ranking(contest, books_.marks)) {
            Account& account = contest.accounts.at(wallet);
            const std::pair line{standing, account.portfolio.last_trade_at};
            if (account.board == line) continue;
            account.board = line;
            rows_.tables["leaderboard"][cells(id, wallet)] =
                cells(line.second, standing.rank, standing.value, standing.performance);
            rows_.write("leaderboard.ranked_at", cells(id, wallet), cells(*books_.now));
        }
        for (auto& [wallet, account] : contest.accounts)
            if (!account.is_in()) take_off_board(id, wallet, account);
    }

    // The views show no leaderboard of an ended contest.
    void close(const std::string& id, Contest& contest) {
        for (auto& [wallet, account] : contest.accounts)
            take_off_board(id, wallet, account);
    }

    void freeze(const std::string& id, const Contest& contest) {
        for (const auto& [wallet, account] : contest.accounts) {
            if (!account.is_in()) continue;
            const auto& [standing, last_trade_at] = *account.board;
            rows_.write(
                "final_standings",
                cells(id, wallet),
                cells(
                    last_trade_at, *books_.now, standing.rank, standing.value, standing.performance
                )
            );
        }
    }

    // A minute's history is the state when "now" leaves it.
    void move_now(Timestamp time) {
        if (books_.now && time <= *books_.now) return;
        if (books_.now && minute() != std::chrono::floor<std::chrono::minutes>(time)) {
            for (auto& [id, contest] : books_.contests) {
                if (contest.ended_at) continue;
                note_equities(id, contest.accounts);
                note_ranks(id, contest);
            }
            note_equities("-", books_.main);
        }
        books_.now = time;
    }

    // Rows of the minute that "now" is in, where they differ from those before.
    void note_equities(const std::string& id, std::map<std::string, Account>& accounts) {
        for (auto& [wallet, account] : accounts) {
            const Portfolio& portfolio = account.portfolio;
            const std::pair worth{portfolio.equity(books_.marks), portfolio.put_in};
            if (account.minute_equity == worth) continue;
            account.minute_equity = worth;
            rows_.write(
                "equity_history", cells(id, wallet, minute()), cells(worth.first, worth.second)
            );
        }
    }
    void note_ranks(const std::string& id, Contest& contest) {
        auto standings = ranking(contest, books_.marks);
        for (auto& [wallet, account] : contest.accounts) {
            // Who never was ranked needs no row that says so.
            const Standing& standing = standings[wallet];
            if (account.minute_standing == standing) continue;
            account.minute_standing = standing;
            rows_.write(
                "leaderboard_history",
                cells(id, wallet, minute()),
                cells(standing.rank, standing.value, standing.performance)
            );
        }
    }

private:
    Timestamp minute() const { return std::chrono::floor<std::chrono::minutes>(*books_.now); }

    void take_off_board(const std::string& id, const std::string& wallet, Account& account) {
        account.board.reset();
        rows_.tables["leaderboard"].erase(cells(id, wallet));
        rows_.tables["leaderboard.ranked_at"].erase(cells(id, wallet));
    }

    Books& books_;
    Rows& rows_;
};

}  // namespace duel::projector::reference
