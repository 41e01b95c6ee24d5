#include "projector/rules/rehearsal.hpp"

#include "projector/rules/apply.hpp"

#include <limits>

namespace duel::projector {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

// There is nothing but what is in memory.
void answer(Ledger& ledger, const Question& question) {
    using Kind = Question::Kind;
    if (question.kind == Kind::home) ledger.homes.learn(question.text, std::nullopt);
    if (question.kind == Kind::trade)
        ledger.trade_ids.learn(question.no, question.text, std::nullopt);
    if (question.kind == Kind::transfer)
        ledger.transfer_ids.learn(question.no, question.text, std::nullopt);
}

void answer(Market& market, const Question& question) {
    if (question.kind == Question::Kind::home) market.homes.learn(question.text, std::nullopt);
    if (question.kind == Question::Kind::candles) market.learn(question.no, question.at, {});
}

}  // namespace

Rehearsal::Rehearsal(const Limits& limits) : limits_{limits}, contests_{0}, market_{0} {
    contests_.book.trade_ids = IdMemory<TradeFact>{true, kAll};
    contests_.book.transfer_ids = IdMemory<TransferFact>{true, kAll};
}

Verdict Rehearsal::take(const Event& event, Timestamp now) {
    const Place at{.topic = topic_of(event), .offset = taken_++, .log_time = now};
    Verdict verdict;
    if (at.topic == Topic::trades) {
        verdict = take(contests_, event, at);
    } else if (at.topic == Topic::prices) {
        verdict = take(market_, event, at);
        if (verdict.outcome == Outcome::applied) take(contests_, event, at);
    }
    // Histories are written and never looked at again.
    auto& history = contests_.get<HistoryProjection>();
    history.equity_history.settle();
    history.leaderboard_history.settle();
    return verdict;
}

template <class State>
Verdict Rehearsal::take(State& state, const Event& event, const Place& at) {
    const Result<Event> read{event};
    Verdict verdict = apply(state, at, read, limits_);
    while (verdict.outcome == Outcome::asks) {
        answer(state.book, *verdict.question);
        verdict = apply(state, at, read, limits_);
    }
    return verdict;
}

}  // namespace duel::projector
