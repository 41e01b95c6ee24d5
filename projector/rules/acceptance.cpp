#include "projector/rules/acceptance.hpp"

namespace duel::projector {
namespace {

std::string quoted(std::string_view text) {
    return excerpt('"' + std::string{text} + '"');
}

Verdict refuse(Code code, std::string_view field, std::string_view value, std::string wanted) {
    return Verdict::refuse({code, std::string{field}, quoted(value), std::move(wanted)});
}

Verdict out_of_range(Amount amount) {
    return Verdict::refuse(
        {Code::invalid_field,
         "amount",
         amount.text(),
         "an amount that keeps cash, cost, quantity, fees and what was put in below 10^20"}
    );
}

Verdict wrong_partition(std::string_view field, std::string_view value, std::int32_t home) {
    return refuse(
        Code::wrong_partition, field, value, "its home, partition " + std::to_string(home)
    );
}

// ---- homes ------------------------------------------------------------------

// Where a key that this shard does not hold lives. Accepts where it is free or here.
Verdict judge_home(Step& step, std::string key, std::string_view field, std::string_view value) {
    const auto answer = step.ledger.homes.find(key);
    if (!answer) return Verdict::ask({.kind = Question::Kind::home, .text = std::move(key)});
    if (!*answer) {
        step.claims = std::move(key);
    } else if (**answer != step.at.partition) {
        return wrong_partition(field, value, **answer);
    }
    return Verdict::accept();
}

// Finds the contest; refuses where it is unknown or at home elsewhere.
Verdict find_contest(Step& step, const std::string& contest_id) {
    step.contest = step.ledger.find_contest(contest_id);
    if (step.contest != nullptr) return Verdict::accept();
    Verdict home = judge_home(step, contest_home(contest_id), "contest_id", contest_id);
    step.claims.reset();
    if (home.outcome != Outcome::applied) return home;
    return refuse(
        Code::unknown_contest, "contest_id", contest_id, "a contest that was created before"
    );
}

// Finds the portfolio that a trade or transfer goes to. In a contest it may be null: not in.
// Outside it is null for a wallet's first, which then settles its home.
template <class E>
Verdict find_portfolio(Step& step, const E& event) {
    step.wallet = step.ledger.find_wallet(event.wallet_address);
    if (event.contest_id) {
        if (Verdict found = find_contest(step, *event.contest_id);
            found.outcome != Outcome::applied)
            return found;
        if (step.contest->accounts) step.portfolio = step.contest->accounts->find(step.wallet);
        return Verdict::accept();
    }
    if (step.wallet != nullptr) step.portfolio = step.wallet->main;
    if (step.portfolio != nullptr) return Verdict::accept();
    return judge_home(
        step, wallet_home(event.wallet_address), "wallet_address", event.wallet_address
    );
}

// ---- contests ---------------------------------------------------------------

Verdict not_active(const Step& step, std::string wanted) {
    return refuse(
        Code::contest_not_active,
        "contest_id",
        step.contest->row.contest_id,
        std::move(wanted) + "; it is " + std::string{text(step.contest->row.status)}
    );
}

bool same_content(const ContestRow& row, const ContestCreated& event) {
    return row.name == event.name && row.starting_balance == event.starting_balance &&
           row.prize_pool == event.prize_pool && row.starts_at == event.starts_at &&
           row.ends_at == event.ends_at && row.created_at == event.timestamp &&
           row.rounds == event.rounds;
}

// ---- who is in --------------------------------------------------------------

Verdict not_in(std::string_view wallet_address) {
    return refuse(
        Code::not_a_participant,
        "wallet_address",
        wallet_address,
        "a wallet that has joined the contest and not left it"
    );
}

// The username of who is in the contest; an inner empty for who is not. Empty: has to be asked.
std::optional<std::optional<std::string>> username_in(Step& step, Question& question) {
    using Name = std::optional<std::string>;
    if (step.wallet == nullptr) return Name{};
    if (step.contest->accounts) {
        step.portfolio = step.contest->accounts->find(step.wallet);
        if (step.portfolio == nullptr || !step.portfolio->is_in()) return Name{};
        return step.portfolio->participant.username;
    }
    const std::int64_t contest_no = step.contest->row.contest_no;
    const std::int64_t wallet_no = step.wallet->row.wallet_no;
    if (const auto* answer = step.ledger.members.find(contest_no, wallet_no)) return *answer;
    question = {.kind = Question::Kind::member, .no = contest_no, .other_no = wallet_no};
    return std::nullopt;
}

// ---- ids --------------------------------------------------------------------

struct Id {
    Question::Kind kind;
    std::string_view field;
    std::int64_t scope_no;
    std::string_view text;
};

Question question_about(const Id& id) {
    return {.kind = id.kind, .no = id.scope_no, .text = std::string{id.text}};
}

// What is known of a trade's or transfer's id before anything else is looked at.
struct Repetition {
    std::optional<Verdict> verdict{};  // a retry, a conflict, or a question
    bool is_doubtful{false};           // to be asked for before a refusal for another reason
};

template <class Fact>
Repetition repetition(const IdMemory<Fact>& memory, const Id& id, const std::optional<Fact>& mine) {
    using Standing = typename IdMemory<Fact>::Standing;
    const auto [standing, fact] = memory.look(id.scope_no, id.text);
    switch (standing) {
        case Standing::fresh:
            return {};
        case Standing::probably:
            return {std::nullopt, true};
        case Standing::suspected:
            return {Verdict::ask(question_about(id))};
        case Standing::known:
            break;
    }
    if (mine && *fact == *mine) return {Verdict::retry()};
    return {refuse(
        Code::duplicate_conflict, id.field, id.text, "a new id, or what it stood for the first time"
    )};
}

// The number that ids are unique within; empty where nothing can have been seen yet.
std::optional<std::int64_t> scope_of(const Step& step) {
    if (step.contest != nullptr) return step.contest->row.contest_no;
    if (step.portfolio != nullptr) return step.portfolio->row.portfolio_no;
    return std::nullopt;
}

std::optional<TradeFact> fact_of(const Trade& event, const Step& step) {
    if (step.wallet == nullptr || step.symbol == nullptr) return std::nullopt;
    return TradeFact{
        .wallet_no = step.wallet->row.wallet_no,
        .symbol_no = step.symbol->row.symbol_no,
        .side = static_cast<std::int16_t>(event.side == Side::buy ? 1 : -1),
        .amount = event.amount,
        .price = event.price,
        .fee = event.fee,
        .at = event.timestamp};
}

template <class E>
std::optional<TransferFact> fact_of_transfer(const E& event, const Step& step) {
    if (step.wallet == nullptr) return std::nullopt;
    return TransferFact{
        .wallet_no = step.wallet->row.wallet_no,
        .kind = std::is_same_v<E, Deposit> ? std::int16_t{1} : std::int16_t{-1},
        .amount = event.amount,
        .at = event.timestamp};
}

Verdict refuse_or_ask(const Repetition& seen, const Id& id, Verdict refusal) {
    return seen.is_doubtful ? Verdict::ask(question_about(id)) : std::move(refusal);
}

Holding holding_of(const Step& step) {
    Holding holding;
    if (step.portfolio == nullptr) return holding;
    const PortfolioRow& portfolio = step.portfolio->row;
    holding.cash = portfolio.cash;
    holding.portfolio_realized_pnl = portfolio.realized_pnl;
    holding.fees = portfolio.fees;
    if (step.symbol == nullptr) return holding;
    if (const Position* position = step.portfolio->find(*step.symbol)) {
        holding.quantity = position->row.quantity;
        holding.cost = position->row.cost;
        holding.position_realized_pnl = position->row.realized_pnl;
    }
    return holding;
}

template <class E>
Verdict judge_transfer(const E& event, Step& step) {
    if (Verdict found = find_portfolio(step, event); found.outcome != Outcome::applied)
        return found;

    Repetition seen;
    Id id{Question::Kind::transfer, "transfer_id", 0, {}};
    const auto scope_no = scope_of(step);
    if (event.transfer_id && scope_no) {
        id.scope_no = *scope_no;
        id.text = *event.transfer_id;
        seen = repetition(step.ledger.transfer_ids, id, fact_of_transfer(event, step));
        if (seen.verdict) return std::move(*seen.verdict);
    }
    if (step.contest != nullptr) {
        if (step.contest->ended())
            return refuse_or_ask(seen, id, not_active(step, "a contest that has not ended"));
        if (step.portfolio == nullptr || !step.portfolio->is_in())
            return refuse_or_ask(seen, id, not_in(event.wallet_address));
    }
    try {
        const Amount change = std::is_same_v<E, Deposit> ? event.amount : -event.amount;
        if (step.portfolio != nullptr) {
            (void)(step.portfolio->row.cash + change);
            (void)(step.portfolio->row.put_in + change);
        }
    } catch (const AmountOverflow&) {
        return refuse_or_ask(seen, id, out_of_range(event.amount));
    }
    return Verdict::accept();
}

}  // namespace

Verdict judge(const ContestCreated& event, Step& step) {
    step.contest = step.ledger.find_contest(event.contest_id);
    if (step.contest == nullptr)
        return judge_home(step, contest_home(event.contest_id), "contest_id", event.contest_id);
    if (same_content(step.contest->row, event)) return Verdict::retry();
    return refuse(
        Code::duplicate_conflict,
        "contest_id",
        event.contest_id,
        "a new contest, or exactly what it was created with"
    );
}

Verdict judge(const ContestStarted& event, Step& step) {
    if (Verdict found = find_contest(step, event.contest_id); found.outcome != Outcome::applied)
        return found;
    if (step.contest->row.started_at) return Verdict::retry();
    if (step.contest->row.status == ContestStatus::upcoming) return Verdict::accept();
    return not_active(step, "a contest that has not ended");
}

Verdict judge(const ContestCompleted& event, Step& step) {
    if (Verdict found = find_contest(step, event.contest_id); found.outcome != Outcome::applied)
        return found;
    if (step.contest->row.status == ContestStatus::completed) return Verdict::retry();
    if (step.contest->row.status == ContestStatus::active) return Verdict::accept();
    return not_active(step, "an active contest");
}

Verdict judge(const ContestCancelled& event, Step& step) {
    if (Verdict found = find_contest(step, event.contest_id); found.outcome != Outcome::applied)
        return found;
    if (step.contest->row.status == ContestStatus::cancelled) return Verdict::retry();
    if (step.contest->row.status != ContestStatus::completed) return Verdict::accept();
    return not_active(step, "a contest that has not ended");
}

Verdict judge(const RoundStarted& event, Step& step) {
    if (Verdict found = find_contest(step, event.contest_id); found.outcome != Outcome::applied)
        return found;
    const auto current = step.contest->row.current_round;
    if (current && event.round <= *current) return Verdict::retry();
    if (step.contest->row.status == ContestStatus::active) return Verdict::accept();
    return not_active(step, "an active contest");
}

Verdict judge(const ParticipantJoined& event, Step& step) {
    if (Verdict found = find_contest(step, event.contest_id); found.outcome != Outcome::applied)
        return found;
    step.wallet = step.ledger.find_wallet(event.wallet_address);
    Question question;
    const auto username = username_in(step, question);
    if (!username) return Verdict::ask(std::move(question));
    if (*username && **username == event.username) return Verdict::retry();
    if (*username) {
        return refuse(
            Code::duplicate_conflict,
            "username",
            event.username,
            "the username that the wallet is in with, " + quoted(**username)
        );
    }
    if (step.contest->ended()) return not_active(step, "a contest that has not ended");
    return Verdict::accept();
}

Verdict judge(const ParticipantLeft& event, Step& step) {
    if (Verdict found = find_contest(step, event.contest_id); found.outcome != Outcome::applied)
        return found;
    if (step.contest->ended()) return not_active(step, "a contest that has not ended");
    step.wallet = step.ledger.find_wallet(event.wallet_address);
    step.portfolio = step.contest->accounts->find(step.wallet);
    if (step.portfolio == nullptr || !step.portfolio->is_in()) return not_in(event.wallet_address);
    return Verdict::accept();
}

Verdict judge(const Trade& event, Step& step) {
    if (Verdict found = find_portfolio(step, event); found.outcome != Outcome::applied)
        return found;
    step.symbol = step.ledger.find_symbol(event.symbol);

    Repetition seen;
    Id id{Question::Kind::trade, "trade_id", 0, event.trade_id};
    if (const auto scope_no = scope_of(step)) {
        id.scope_no = *scope_no;
        seen = repetition(step.ledger.trade_ids, id, fact_of(event, step));
        if (seen.verdict) return std::move(*seen.verdict);
    }
    if (step.contest != nullptr) {
        if (step.contest->row.status != ContestStatus::active)
            return refuse_or_ask(seen, id, not_active(step, "an active contest"));
        if (step.portfolio == nullptr || !step.portfolio->is_in())
            return refuse_or_ask(seen, id, not_in(event.wallet_address));
    }
    try {
        step.booking = book(holding_of(step), {event.side, event.amount, event.price, event.fee});
    } catch (const AmountOverflow&) {
        return refuse_or_ask(seen, id, out_of_range(event.amount));
    }
    return Verdict::accept();
}

Verdict judge(const Deposit& event, Step& step) {
    return judge_transfer(event, step);
}

Verdict judge(const Withdrawal& event, Step& step) {
    return judge_transfer(event, step);
}

// A tick elsewhere than at its symbol's home is a dead letter of the market shard there; here it
// only must not move a mark.
Verdict judge(const Price& event, Step& step) {
    step.symbol = step.ledger.find_symbol(event.symbol);
    if (step.symbol == nullptr || step.symbol->home == Symbol::kHomeless)
        return judge_home(step, symbol_home(event.symbol), "symbol", event.symbol);
    if (step.symbol->home != step.at.partition)
        return wrong_partition("symbol", event.symbol, step.symbol->home);
    return Verdict::accept();
}

}  // namespace duel::projector
