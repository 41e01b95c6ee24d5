#include "projector/rules/apply.hpp"

namespace duel::projector {
namespace {

template <class Projection, class E, class Step>
concept Handles = requires(Projection& projection, const E& event, Step& step) {
    projection.on(event, step);
};

template <class E, class Step>
concept Judged = requires(const E& event, Step& step) {
    judge(event, step);
};

template <class State, class E>
void offer(State& state, const E& event, typename State::Step& step) {
    const auto to = [&](auto& projection) {
        if constexpr (Handles<std::decay_t<decltype(projection)>, E, typename State::Step>)
            projection.on(event, step);
    };
    std::apply([&](auto&... projection) { (to(projection), ...); }, state.projections);
}

template <class State, class Happening>
void happen(State& state, const Happening& happening, const Place& at, std::int64_t seq) {
    typename State::Step step{state.book, at, seq};
    offer(state, happening, step);
}

template <class State>
void keep_pace(State& state, const Place& at) {
    Pace& pace = state.pace;
    if (pace.point && !pace.is_reached(at.log_time)) {
        pace.silent = false;
        return;
    }
    if (pace.point && !pace.silent) happen(state, pace.due(at.log_time), at, state.seq);
    pace.silent = false;
    pace.point = pace.after(at.log_time);
}

// Moves "now" on; a minute that it leaves becomes history.
template <class State>
void move_now(State& state, const Place& at, Timestamp time) {
    auto& now = state.book.now;
    if (now && time <= *now) return;
    const Timestamp left = minute_of(now.value_or(time));
    const bool leaves = left != minute_of(time);
    if (leaves) happen(state, MinuteLeft{left}, at, state.seq + 1);
    now = time;
    if (leaves) happen(state, MinuteEntered{minute_of(time), left}, at, state.seq + 1);
}

Verdict from_the_future(Timestamp time, const Place& at, const Limits& limits) {
    return Verdict::refuse(
        {Code::invalid_field,
         "timestamp",
         text(time),
         "a time at most " + std::to_string(limits.future.count()) +
             " ms after the record's log time, " + text(at.log_time)}
    );
}

template <class State, class E>
Verdict apply_event(State& state, const Place& at, const E& event, const Limits& limits) {
    if constexpr (!Judged<E, typename State::Step>) {
        return Verdict::accept();
    } else {
        if (event.timestamp > at.log_time + limits.future)
            return from_the_future(event.timestamp, at, limits);
        typename State::Step step{state.book, at, state.seq + 1};
        Verdict verdict = judge(event, step);
        if (verdict.outcome != Outcome::applied) return verdict;
        move_now(state, at, event.timestamp);
        if (step.claims)
            state.book.homes.claim({at.topic, std::move(*step.claims), at.partition, step.seq});
        offer(state, event, step);
        return verdict;
    }
}

}  // namespace

template <class State>
Verdict apply(State& state, const Place& at, const Result<Event>& read, const Limits& limits) {
    keep_pace(state, at);
    Verdict verdict =
        read ? std::visit(
                   [&](const auto& event) { return apply_event(state, at, event, limits); }, *read
               )
             : Verdict::refuse(read.error());
    if (verdict.outcome != Outcome::asks) ++state.seq;
    return verdict;
}

template <class State>
Verdict foresee(State& state, const Place& at, const Result<Event>& read) {
    if (!read) return Verdict::refuse(read.error());
    return std::visit(
        [&](const auto& event) {
            typename State::Step step{state.book, at, state.seq + 1};
            if constexpr (Judged<std::decay_t<decltype(event)>, typename State::Step>)
                return judge(event, step);
            else
                return Verdict::accept();
        },
        *read
    );
}

bool rank_in_silence(ContestState& state) {
    const auto& leaderboard = state.get<LeaderboardProjection>().leaderboard;
    happen(state, RankingDue{}, Place{}, state.seq);
    if (leaderboard.touched().empty()) return false;
    state.pace.silent = true;
    return true;
}

void rank_before(ContestState& state, Timestamp log_time) {
    if (state.pace.is_reached(log_time) && !state.pace.silent)
        happen(state, state.pace.due(log_time), Place{}, state.seq);
}

bool departs_after_silence(const ContestState& state, const Place& next) {
    const Pace& pace = state.pace;
    if (!pace.silent || !pace.point) return false;
    return !pace.is_reached(next.log_time) || pace.due(next.log_time).slots < RankingDue::kTurns;
}

template <class State>
void finish_batch(State& state) {
    happen(state, BatchEnding{}, Place{}, state.seq);
}

template <class State>
void settle(State& state) {
    for_each_table(state, [](auto& table) { table.settle(); });
    if constexpr (std::is_same_v<State, MarketState>)
        state.template get<CandleProjection>().closed.settle();
    state.book.settle();
}

template <class State>
Digest digest_change(State& state) {
    Digest change = 0;
    for_each_table(state, [&](auto& table) { change += table.digest_change(); });
    return change;
}

template Verdict apply(ContestState&, const Place&, const Result<Event>&, const Limits&);
template Verdict apply(MarketState&, const Place&, const Result<Event>&, const Limits&);
template Verdict foresee(ContestState&, const Place&, const Result<Event>&);
template Verdict foresee(MarketState&, const Place&, const Result<Event>&);
template void finish_batch(ContestState&);
template void finish_batch(MarketState&);
template void settle(ContestState&);
template void settle(MarketState&);
template Digest digest_change(ContestState&);
template Digest digest_change(MarketState&);

}  // namespace duel::projector
