#pragma once

#include "projector/rules/candle_projection.hpp"
#include "projector/rules/contest_projection.hpp"
#include "projector/rules/history_projection.hpp"
#include "projector/rules/leaderboard_projection.hpp"
#include "projector/rules/mark_projection.hpp"
#include "projector/rules/pace.hpp"
#include "projector/rules/participant_projection.hpp"
#include "projector/rules/portfolio_projection.hpp"
#include "projector/rules/price_projection.hpp"
#include "projector/rules/sentiment_projection.hpp"
#include "projector/rules/token_projection.hpp"
#include "projector/rules/trade_projection.hpp"
#include "projector/rules/transfer_projection.hpp"
#include "projector/rules/wallet_projection.hpp"

#include <cstdint>
#include <tuple>

namespace duel::projector {

// Everything that one shard knows: a function of the records it has consumed, in their order, and
// of nothing else. One thread.
//
// A projection takes what it has on() for, events and happenings alike, in the order of the list;
// its tables() are what it has to write. Made and torn down in state.cpp: that is long to compile.
template <class BookType, class StepType, class... Projections>
struct State {
    using Book = BookType;
    using Step = StepType;

    explicit State(std::int16_t shard_number);
    ~State();
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::int16_t shard;
    Book book;
    std::tuple<Projections...> projections;
    Pace pace;
    std::int64_t seq{0};  // records consumed

    template <class Projection>
    Projection& get() {
        return std::get<Projection>(projections);
    }
    template <class Projection>
    const Projection& get() const {
        return std::get<Projection>(projections);
    }
};

// THE list of projections of a contest shard. What makes a name comes before what uses it.
using ContestState = State<
    Ledger,
    Step,
    ContestProjection,
    WalletProjection,
    ParticipantProjection,
    PortfolioProjection,
    TransferProjection,
    TradeProjection,
    MarkProjection,
    LeaderboardProjection,
    HistoryProjection>;

// THE list of projections of a market shard.
using MarketState = State<
    Market,
    MarketStep,
    CandleProjection,
    PriceProjection,
    SentimentProjection,
    TokenProjection>;

}  // namespace duel::projector
