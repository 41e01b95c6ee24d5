#pragma once

#include "tests/unit/projector/rules/reference/acceptance.hpp"
#include "tests/unit/projector/rules/reference/entries.hpp"
#include "tests/unit/projector/rules/reference/standings.hpp"

#include <string>
#include <variant>

// The rows of a contest shard worked out again, slowly: from the design's words, in numbers of any
// size, sharing no code with projector/rules.
namespace duel::projector::reference {

class ContestReference {
public:
    // What becomes of the record.
    std::string take(const Event& event, Timestamp log_time) {
        ++rows_.seq;
        std::string outcome = Acceptance{books_}.of(event, log_time);
        if (outcome != "applied") return outcome;
        standings_.move_now(time_of(event));
        std::visit([this](const auto& e) { on(e); }, event);
        return outcome;
    }

    // Ranks all contests that have not ended.
    void rank() {
        for (auto& [id, contest] : books_.contests)
            if (!contest.ended_at) standings_.rank(id, contest);
    }

    Tables& tables() { return rows_.tables; }
    const Books& books() const { return books_; }

private:
    void on(const Trade& event) { entries_.on(event); }
    void on(const Price& event) { entries_.on(event); }
    void on(const Deposit& event) { entries_.transfer(event, 1); }
    void on(const Withdrawal& event) { entries_.transfer(event, -1); }

    void on(const ContestCreated& event) {
        Contest& contest = books_.contests[event.contest_id];
        contest.created = event;
        entries_.write(contest);
    }

    void on(const ContestStarted& event) {
        Contest& contest = books_.contests.at(event.contest_id);
        contest.status = ContestStatus::active;
        contest.started_at = event.timestamp;
        entries_.write(contest);
    }

    void on(const RoundStarted& event) {
        Contest& contest = books_.contests.at(event.contest_id);
        contest.round = event.round;
        entries_.write(contest);
    }

    void on(const ContestCompleted& event) {
        Contest& contest = books_.contests.at(event.contest_id);
        standings_.rank(event.contest_id, contest);
        standings_.freeze(event.contest_id, contest);
        standings_.note_ranks(event.contest_id, contest);
        end(event, contest, ContestStatus::completed);
    }

    // No standings, and no ranks of its last minute.
    void on(const ContestCancelled& event) {
        end(event, books_.contests.at(event.contest_id), ContestStatus::cancelled);
    }

    template <class E>
    void end(const E& event, Contest& contest, ContestStatus status) {
        const std::string& id = event.contest_id;
        standings_.note_equities(id, contest.accounts);
        standings_.close(id, contest);
        for (const auto& [symbol, mark] : books_.marks) {
            bool is_known = false;  // to one of its portfolios
            for (const auto& [wallet, account] : contest.accounts)
                is_known |= account.portfolio.lots.contains(symbol);
            if (is_known) rows_.write("final_marks", cells(id, symbol), cells(mark.at, mark.price));
        }
        contest.status = status;
        contest.ended_at = event.timestamp;
        entries_.write(contest);
    }

    void on(const ParticipantJoined& event) {
        Contest& contest = books_.contests.at(event.contest_id);
        const auto [found, is_new] = contest.accounts.try_emplace(event.wallet_address);
        Account& account = found->second;
        if (is_new) {
            account.portfolio.transfer(exact(contest.created.starting_balance));
            entries_.write(event.contest_id, event.wallet_address, account.portfolio);
        }
        account.username = event.username;
        account.joined_at = event.timestamp;
        account.left_at.reset();
        entries_.meet(event.wallet_address, event.timestamp, event.username);
        note_membership(event, contest, account, 1);
    }

    void on(const ParticipantLeft& event) {
        Contest& contest = books_.contests.at(event.contest_id);
        Account& account = contest.accounts.at(event.wallet_address);
        account.left_at = event.timestamp;
        note_membership(event, contest, account, -1);
    }

    template <class E>
    void note_membership(const E& event, Contest& contest, const Account& account, int kind) {
        const std::string key = cells(event.contest_id, event.wallet_address);
        const std::string& name = account.username;
        rows_.write("participants", key, cells(account.joined_at, account.left_at, name));
        rows_.write(
            "membership",
            std::to_string(rows_.seq),
            cells(key, contest.last_event_seq, event.timestamp, kind, name)
        );
        contest.last_event_seq = rows_.seq;
        entries_.write(contest);
    }

    template <class E>
    void on(const E&) {}

    Books books_;
    Rows rows_;
    Entries entries_{books_, rows_};
    Standings standings_{books_, rows_};
};

}  // namespace duel::projector::reference
