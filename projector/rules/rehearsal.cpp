#include "projector/rules/rehearsal.hpp"

#include "projector/rules/apply.hpp"

#include <limits>
#include <stdexcept>

namespace duel::projector {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// There is nothing but what is in memory, and nothing leaves it.
void answer(Ledger& ledger, const Question& question) {
    switch (question.kind) {
        case Question::Kind::home:
            return ledger.homes.learn(question.text, std::nullopt);
        case Question::Kind::trade:
            return ledger.trade_ids.learn(question.no, question.text, std::nullopt);
        case Question::Kind::transfer:
            return ledger.transfer_ids.learn(question.no, question.text, std::nullopt);
        default:
            throw std::logic_error("a rehearsal has forgotten what it is asked for");
    }
}

void answer(Market& market, const Question& question) {
    switch (question.kind) {
        case Question::Kind::home:
            return market.homes.learn(question.text, std::nullopt);
        case Question::Kind::candles:
            return market.learn(question.no, question.at, {});
        default:
            throw std::logic_error("a rehearsal has forgotten what it is asked for");
    }
}

template <class State>
Verdict decide(State& state, const Place& at, const Result<Event>& read, const Limits& limits) {
    Verdict verdict = apply(state, at, read, limits);
    while (verdict.outcome == Outcome::asks) {
        answer(state.book, *verdict.question);
        verdict = apply(state, at, read, limits);
    }
    return verdict;
}

}  // namespace

Rehearsal::Rehearsal(const Limits& limits) : limits_{limits}, contests_{0}, market_{0} {
    contests_.book.trade_ids = IdMemory<TradeFact>{true, kAll};
    contests_.book.transfer_ids = IdMemory<TransferFact>{true, kAll};
}

Verdict Rehearsal::take(Event event, Timestamp now) {
    const Place at{.topic = topic_of(event), .offset = taken_++, .log_time = now};
    const Result<Event> read{std::move(event)};
    // Prices value what a contest shard has, and decide about none of its records.
    if (at.topic == Topic::prices) return decide(market_, at, read, limits_);
    if (at.topic != Topic::trades) return Verdict::accept();
    Verdict verdict = decide(contests_, at, read, limits_);
    auto& history = contests_.get<HistoryProjection>();  // which nobody reads
    history.equity_history.settle();
    history.leaderboard_history.settle();
    return verdict;
}

}  // namespace duel::projector
