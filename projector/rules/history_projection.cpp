#include "projector/rules/history_projection.hpp"

namespace duel::projector {

void HistoryProjection::on(const MinuteLeft& left, Step& step) {
    for (Contest& contest : step.ledger.contests) {
        if (contest.ended()) continue;
        const Motion newest = contest.newest_motion();
        if (contest.minuted && *contest.minuted == newest) continue;
        contest.minuted = newest;
        note_equities(*contest.accounts, left.minute, step.seq);
        note_ranks(contest, left.minute, step.seq);
    }
    note_equities(step.ledger.main, left.minute, step.seq);
}

void HistoryProjection::on(const ContestCompleted&, Step& step) {
    const Timestamp minute = minute_of(*step.ledger.now);
    note_equities(*step.contest->accounts, minute, step.seq);
    note_ranks(*step.contest, minute, step.seq);
}

void HistoryProjection::on(const ContestCancelled&, Step& step) {
    note_equities(*step.contest->accounts, minute_of(*step.ledger.now), step.seq);
}

void HistoryProjection::note_equities(Accounts& accounts, Timestamp minute, std::int64_t seq) {
    for (Portfolio& portfolio : accounts.portfolios)
        note_equity(portfolio, minute, seq);
}

void HistoryProjection::note_equity(Portfolio& portfolio, Timestamp minute, std::int64_t seq) {
    LastMinute& last = portfolio.last_minute;
    const std::optional<Amount>& equity = portfolio.equity();
    if (last.has_equity && last.equity == equity && last.put_in == portfolio.row.put_in) return;
    last.has_equity = true;
    last.equity = equity;
    last.put_in = portfolio.row.put_in;
    equity_history.add(
        {.seq = seq,
         .portfolio_no = portfolio.row.portfolio_no,
         .minute = minute,
         .equity = equity,
         .put_in = portfolio.row.put_in}
    );
}

void HistoryProjection::note_ranks(Contest& contest, Timestamp minute, std::int64_t seq) {
    const auto note = [&](const Portfolio& portfolio, std::optional<std::int32_t> rank) {
        leaderboard_history.add(
            {.seq = seq,
             .portfolio_no = portfolio.row.portfolio_no,
             .minute = minute,
             .contest_no = contest.row.contest_no,
             .rank = rank,
             .portfolio_value = portfolio.last_minute.portfolio_value,
             .performance = portfolio.last_minute.performance}
        );
    };
    for (const Standing& standing : ranking_.rank(contest)) {
        LastMinute& last = standing.portfolio->last_minute;
        if (last.ranked && last.rank == standing.rank &&
            last.portfolio_value == standing.portfolio_value &&
            last.performance == standing.performance)
            continue;
        last.ranked = true;
        last.rank = standing.rank;
        last.portfolio_value = standing.portfolio_value;
        last.performance = standing.performance;
        note(*standing.portfolio, standing.rank);
    }
    for (Portfolio& portfolio : contest.accounts->portfolios) {
        LastMinute& last = portfolio.last_minute;
        if (!last.ranked || portfolio.is_in()) continue;
        last.ranked = false;
        last.portfolio_value.reset();
        last.performance.reset();
        note(portfolio, std::nullopt);
    }
}

}  // namespace duel::projector
