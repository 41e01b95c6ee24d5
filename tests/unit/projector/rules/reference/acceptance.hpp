#pragma once

#include "tests/unit/projector/rules/reference/books.hpp"

#include <string>
#include <type_traits>

// What becomes of a record, as section 3 of the design has it: "applied", "retried" or the code of
// its refusal. Shares no code with projector/rules.
namespace duel::projector::reference {

class Acceptance {
public:
    explicit Acceptance(const Books& books) : books_{books} {}

    std::string of(const Event& event, Timestamp log_time) const {
        if (time_of(event) > log_time + std::chrono::minutes{1}) return "INVALID_FIELD";
        return std::visit([this](const auto& e) { return judge(e); }, event);
    }

private:
    static constexpr const char* kApplied = "applied";
    static constexpr const char* kRetried = "retried";
    static constexpr const char* kConflict = "DUPLICATE_CONFLICT";
    static constexpr const char* kUnknown = "UNKNOWN_CONTEST";
    static constexpr const char* kNotActive = "CONTEST_NOT_ACTIVE";
    static constexpr const char* kNotIn = "NOT_A_PARTICIPANT";
    static constexpr const char* kInvalid = "INVALID_FIELD";

    const Contest* find(const std::string& contest_id) const {
        const auto found = books_.contests.find(contest_id);
        return found == books_.contests.end() ? nullptr : &found->second;
    }

    std::string judge(const Price&) const { return kApplied; }

    std::string judge(const ContestCreated& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kApplied;
        return contest->created == event ? kRetried : kConflict;
    }

    std::string judge(const ContestStarted& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kUnknown;
        if (contest->started_at) return kRetried;
        return contest->ended_at ? kNotActive : kApplied;
    }

    std::string judge(const ContestCompleted& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kUnknown;
        if (contest->status == ContestStatus::completed) return kRetried;
        return contest->status == ContestStatus::active ? kApplied : kNotActive;
    }

    std::string judge(const ContestCancelled& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kUnknown;
        if (contest->status == ContestStatus::cancelled) return kRetried;
        return contest->ended_at ? kNotActive : kApplied;
    }

    std::string judge(const RoundStarted& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kUnknown;
        if (contest->round && event.round <= *contest->round) return kRetried;
        return contest->status == ContestStatus::active ? kApplied : kNotActive;
    }

    std::string judge(const ParticipantJoined& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kUnknown;
        if (const Account* member = contest->member(event.wallet_address))
            return member->username == event.username ? kRetried : kConflict;
        return contest->ended_at ? kNotActive : kApplied;
    }

    std::string judge(const ParticipantLeft& event) const {
        const Contest* contest = find(event.contest_id);
        if (contest == nullptr) return kUnknown;
        if (contest->ended_at) return kNotActive;
        return contest->member(event.wallet_address) != nullptr ? kApplied : kNotIn;
    }

    std::string judge(const Trade& event) const {
        return judge_entry(
            event,
            [&](const Ids& ids) -> std::string {
                const auto known = ids.trades.find(event.trade_id);
                if (known == ids.trades.end()) return "";
                return known->second == event ? kRetried : kConflict;
            },
            [&](const Contest& contest) { return contest.status == ContestStatus::active; },
            [&](Portfolio& portfolio) { portfolio.trade(event); }
        );
    }

    std::string judge(const Deposit& event) const { return judge_transfer(event, 1); }
    std::string judge(const Withdrawal& event) const { return judge_transfer(event, -1); }

    template <class E>
    std::string judge_transfer(const E& event, int sign) const {
        return judge_entry(
            event,
            [&](const Ids& ids) -> std::string {
                if (!event.transfer_id) return "";
                const auto known = ids.transfers.find(*event.transfer_id);
                if (known == ids.transfers.end()) return "";
                return known->second == Event{event} ? kRetried : kConflict;
            },
            [](const Contest& contest) { return !contest.ended_at; },
            [&](Portfolio& portfolio) { portfolio.transfer(sign * exact(event.amount)); }
        );
    }

    // What trades and transfers have in common: into a contest by who is in, or outside all.
    template <class E, class Repeated, class Open, class Enter>
    std::string judge_entry(const E& event, Repeated repeated, Open is_open, Enter enter) const {
        Portfolio after;
        if (event.contest_id) {
            const Contest* contest = find(*event.contest_id);
            if (contest == nullptr) return kUnknown;
            if (std::string verdict = repeated(contest->ids); !verdict.empty()) return verdict;
            if (!is_open(*contest)) return kNotActive;
            const Account* member = contest->member(event.wallet_address);
            if (member == nullptr) return kNotIn;
            after = member->portfolio;
        } else if (const auto ids = books_.main_ids.find(event.wallet_address);
                   ids != books_.main_ids.end()) {
            if (std::string verdict = repeated(ids->second); !verdict.empty()) return verdict;
            after = books_.main.at(event.wallet_address).portfolio;
        }
        enter(after);
        return after.can_be_stored() ? kApplied : kInvalid;
    }

    template <class E>
    std::string judge(const E&) const {
        return kApplied;
    }

    const Books& books_;
};

}  // namespace duel::projector::reference
