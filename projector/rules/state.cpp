#include "projector/rules/state.hpp"

namespace duel::projector {

template <class BookType, class StepType, class... Projections>
State<BookType, StepType, Projections...>::State(std::int16_t shard_number)
    : shard{shard_number}, book{shard_number} {}

// g++ 12 refuses to instantiate a destructor that is defaulted here.
template <class BookType, class StepType, class... Projections>
State<BookType, StepType, Projections...>::~State() {}  // NOLINT(modernize-use-equals-default)

template ContestState::State(std::int16_t);
template ContestState::~State();
template MarketState::State(std::int16_t);
template MarketState::~State();

}  // namespace duel::projector
