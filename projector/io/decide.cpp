#include "projector/io/decide.hpp"

#include "projector/io/answers.hpp"
#include "projector/rules/apply.hpp"

#include <set>
#include <stdexcept>

namespace duel::projector {

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

template Verdict
decide(platform::Connection&, ContestState&, const Inputs&, std::size_t, std::size_t, const Limits&);
template Verdict
decide(platform::Connection&, MarketState&, const Inputs&, std::size_t, std::size_t, const Limits&);

}  // namespace duel::projector
