#include "projector/rules/leaderboard_projection.hpp"

namespace duel::projector {
namespace {

// Portfolios lie apart: what a ranking compares and writes of one is asked for while it is busy
// with those before.
constexpr std::size_t kAhead = 8;

void fetch_ahead(const Portfolio& portfolio) {
    __builtin_prefetch(&portfolio.row.last_trade_at);
    __builtin_prefetch(&portfolio.board);
    __builtin_prefetch(&portfolio.board.rank);
    __builtin_prefetch(&portfolio.on_board);
}

}  // namespace

void LeaderboardProjection::on(const RankingDue& due, Step& step) {
    for (Contest& contest : step.ledger.contests) {
        if (contest.ended() || !due.concerns(contest.row.contest_no)) continue;
        if (contest.ranked && *contest.ranked == contest.newest_motion()) continue;
        rank_contest(contest, step);
    }
}

void LeaderboardProjection::on(const ContestCompleted&, Step& step) {
    rank_contest(*step.contest, step);
    for (const Portfolio& portfolio : step.contest->accounts->portfolios) {
        if (!portfolio.on_board) continue;
        const LeaderboardRow& board = portfolio.board;
        final_standings.add(
            {.seq = step.seq,
             .portfolio_no = board.portfolio_no,
             .contest_no = board.contest_no,
             .last_trade_time = board.last_trade_time,
             .ranked_at = *step.ledger.now,
             .rank = board.rank,
             .portfolio_value = board.portfolio_value,
             .performance = board.performance}
        );
    }
}

void LeaderboardProjection::rank_contest(Contest& contest, Step& step) {
    contest.ranked = contest.newest_motion();
    ++rankings;
    const auto& standings = ranking_.rank(contest);
    for (std::size_t i = 0; i < standings.size(); ++i) {
        if (i + kAhead < standings.size()) fetch_ahead(*standings[i + kAhead].portfolio);
        const Standing& standing = standings[i];
        Portfolio& portfolio = *standing.portfolio;
        LeaderboardRow& row = portfolio.board;
        if (portfolio.on_board && row.rank == standing.rank &&
            row.portfolio_value == standing.portfolio_value &&
            row.performance == standing.performance &&
            row.last_trade_time == portfolio.row.last_trade_at)
            continue;
        portfolio.on_board = true;
        row.rank = standing.rank;
        row.portfolio_value = standing.portfolio_value;
        row.performance = standing.performance;
        row.last_trade_time = portfolio.row.last_trade_at;
        row.ranked_at = *step.ledger.now;
        leaderboard.touch(row, step.seq);
    }
    for (const Stakes::Stake& stake : contest.accounts->stakes.refresh()) {
        Portfolio& portfolio = *stake.portfolio;
        if (stake.is_in || !portfolio.on_board) continue;
        portfolio.on_board = false;
        leaderboard.erase(portfolio.board, step.seq);
    }
}

}  // namespace duel::projector
