#pragma once

#include "core/event.hpp"
#include "projector/rules/limits.hpp"
#include "projector/rules/state.hpp"

// The only door into a shard's state. Pure: no clock, no I/O, no randomness; the same records in
// the same order give the same rows.
namespace duel::projector {

// Consumes one record: ranks first where that is due, then applies the event or says why not. What
// changed is then in the tables. Where it asks, nothing was consumed: answer and apply again.
template <class State>
Verdict apply(State& state, const Place& at, const Result<Event>& read, const Limits& limits = {});

// What apply() would say, without consuming anything: to collect the questions of many records at
// once.
template <class State>
Verdict foresee(State& state, const Place& at, const Result<Event>& read);

// The log has fallen silent: ranks what has moved; false where nothing had. The next record may
// come before everybody's turn has passed: then the ranking is a departure from pure order, and the
// journal says so.
bool rank_in_silence(ContestState& state);
bool departs_after_silence(const ContestState& state, const Place& next);

// Ranks what apply() would rank before a record of that log time.
void rank_before(ContestState& state, Timestamp log_time);

// The batch is complete: works out what was put off. Then its tables can be written, and told.
template <class State>
void finish_batch(State& state);

// The batch is in Postgres and told: nothing is left to write.
template <class State>
void settle(State& state);

// Calls visit(table) for every Table and Append of the state.
template <class State, class Visit>
void for_each_table(State& state, Visit&& visit) {
    const auto all = [&](auto&... table) { (visit(table), ...); };
    std::apply(all, state.book.tables());
    std::apply(
        [&](auto&... projection) { (std::apply(all, projection.tables()), ...); }, state.projections
    );
}

// By how much the batch, once complete, changes the digest of the shard's rows. Once a batch.
template <class State>
Digest digest_change(State& state);

}  // namespace duel::projector
