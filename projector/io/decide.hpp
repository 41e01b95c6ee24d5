#pragma once

#include "platform/postgres.hpp"
#include "projector/io/answers.hpp"
#include "projector/io/arrival.hpp"
#include "projector/rules/apply.hpp"

#include <set>
#include <stdexcept>
#include <vector>

namespace duel::projector {

// The batch met something that only Postgres knew: nothing of it was written. Begin again from what
// is stored, and look every id up for a while.
struct ApplyAgain : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The same, because a trade or transfer has an id that the memory of recent ones had forgotten.
struct OldId : ApplyAgain {
    using ApplyAgain::ApplyAgain;
};

// Applies the record at inputs[chunk][index]. Where Postgres has to be asked first, it is asked for
// this record and, while at it, for all that follow in the batch.
template <class State>
Verdict decide(
    platform::Connection& connection,
    State& state,
    const Inputs& inputs,
    std::size_t chunk,
    std::size_t index,
    const Limits& limits
) {
    constexpr int kMostQuestions = 8;  // of one record; each answer settles its question
    const Input& input = inputs[chunk][index];
    Verdict verdict = apply(state, input.place(), input.event(), limits);
    for (int asked = 0; verdict.outcome == Outcome::asks; ++asked) {
        if (asked == kMostQuestions)
            throw std::logic_error("a record cannot be decided: its questions stay open");
        std::set<Question> questions;
        for (std::size_t c = chunk, i = index; c < inputs.size(); ++c, i = 0) {
            for (; i < inputs[c].size(); ++i) {
                Verdict next = foresee(state, inputs[c][i].place(), inputs[c][i].event());
                if (next.outcome == Outcome::asks) questions.insert(std::move(*next.question));
            }
        }
        answer(connection, state.book, {questions.begin(), questions.end()});
        verdict = apply(state, input.place(), input.event(), limits);
    }
    return verdict;
}

}  // namespace duel::projector
