#pragma once

#include "tests/unit/projector/rules/reference/books.hpp"

#include <map>
#include <optional>
#include <string>

// How often the streams brought what they are there for: a comparison of what never happens proves
// nothing.
namespace duel::projector::reference {

class Occurrences {
public:
    // The record as it meets the books.
    void expect(const Event& event, const Books& books) {
        is_late_ = books.now && time_of(event) < *books.now;
        kind_ = std::visit([&](const auto& e) { return kind_of(e, books); }, event);
    }
    // What became of it.
    void note(const Event& event, const std::string& outcome, Timestamp newest_allowed) {
        ++counts_[std::string{type_of(event)} + ' ' + outcome];
        if (time_of(event) > newest_allowed)
            ++counts_["in the future"];
        else if (outcome == "INVALID_FIELD")
            ++counts_["amount of 10^20"];
        if (outcome != "applied") return;
        if (is_late_) ++counts_["late"];
        if (!kind_.empty()) ++counts_[kind_];
        if (const auto* trade = std::get_if<Trade>(&event)) {
            if (trade->amount < amount("1e-17")) ++counts_["amount of 1e-18"];
            if (trade->amount >= amount("1e15")) ++counts_["amount of 1e15"];
        }
    }

    void note_ranking(const Books& books) {
        for (const auto& [id, contest] : books.contests) {
            std::map<int, int> sharing;
            for (const auto& [wallet, account] : contest.accounts) {
                if (!account.board) continue;
                const Standing& standing = account.board->first;
                ++sharing[*standing.rank];
                if (!standing.value)
                    ++counts_["ranked without a value"];
                else if (account.portfolio.put_in <= 0)
                    ++counts_["ranked with nothing put in"];
                else if (!standing.performance)
                    ++counts_["ranked without a performance"];
            }
            for (const auto& [rank, wallets] : sharing)
                if (wallets > 1 && rank != sharing.rbegin()->first) ++counts_["shared rank"];
        }
    }

    void note_value(const Lot& lot, const Mark& mark) {
        if (!lot.unrealized(mark)) ++counts_["position without unrealized PnL"];
    }

    void note_rows(const Tables& tables) {
        for (const auto& [table, rows] : tables) {
            counts_["rows of " + table] += static_cast<int>(rows.size());
            for (const auto& [key, row] : rows)
                if (row.starts_with("- ")) ++counts_["rows of " + table + " that begin with null"];
        }
    }

    int of(const std::string& what) const {
        const auto found = counts_.find(what);
        return found == counts_.end() ? 0 : found->second;
    }

    std::string text() const {
        std::string all;
        for (const auto& [what, count] : counts_)
            all += what + ": " + std::to_string(count) + '\n';
        return all;
    }

private:
    static std::string kind_of(const Trade& event, const Books& books) {
        const Account* account = find(event.contest_id, event.wallet_address, books);
        if (account == nullptr) return "trade that opens";
        const auto& lots = account->portfolio.lots;
        const auto lot = lots.find(event.symbol);
        if (lot == lots.end() || lot->second.quantity == 0) return "trade that opens";
        if ((lot->second.quantity > 0) == (event.side == Side::buy)) return "trade that adds";
        const Whole held = abs(lot->second.quantity);
        const Whole moved = exact(event.amount);
        if (moved < held) return "trade that reduces";
        return moved == held ? "trade that closes" : "trade that flips";
    }
    static std::string kind_of(const ParticipantJoined& event, const Books& books) {
        return find(event.contest_id, event.wallet_address, books) != nullptr ? "rejoining" : "";
    }
    template <class E>
    static std::string kind_of(const E&, const Books&) {
        return "";
    }

    // In the contest, or outside all; null where there is none.
    static const Account* find(
        const std::optional<std::string>& contest_id,
        const std::string& wallet,
        const Books& books
    ) {
        const auto* accounts = &books.main;
        if (contest_id) {
            const auto contest = books.contests.find(*contest_id);
            if (contest == books.contests.end()) return nullptr;
            accounts = &contest->second.accounts;
        }
        const auto found = accounts->find(wallet);
        return found == accounts->end() ? nullptr : &found->second;
    }

    std::map<std::string, int> counts_;
    std::string kind_;
    bool is_late_{false};
};

}  // namespace duel::projector::reference
