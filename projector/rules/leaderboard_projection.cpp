#include "projector/rules/leaderboard_projection.hpp"

#include "projector/rules/ranking.hpp"

namespace duel::projector {

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
    for (const Standing& standing : rank(contest)) {
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
    for (Portfolio& portfolio : contest.accounts->portfolios) {
        if (!portfolio.on_board || portfolio.is_in()) continue;
        portfolio.on_board = false;
        leaderboard.erase(portfolio.board, step.seq);
    }
}

}  // namespace duel::projector
