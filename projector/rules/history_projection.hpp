#pragma once

#include "projector/rules/acceptance.hpp"
#include "projector/rules/happenings.hpp"
#include "projector/rules/ranking.hpp"
#include "projector/rules/rows/history_rows.hpp"

namespace duel::projector {

// Equity and rank by the minute of event time: the state when "now" left that minute, written where
// it differs from the row before. An ended contest writes its last minute at its end, for nothing
// moves there any more.
class HistoryProjection {
public:
    void on(const MinuteLeft& left, Step& step);
    void on(const ContestCompleted& event, Step& step);
    void on(const ContestCancelled& event, Step& step);

    Append<EquityHistoryRow> equity_history;
    Append<LeaderboardHistoryRow> leaderboard_history;

    auto tables() { return std::tie(equity_history, leaderboard_history); }

private:
    void note_equity(Portfolio& portfolio, Timestamp minute, std::int64_t seq);
    void note_equities(Accounts& accounts, Timestamp minute, std::int64_t seq);
    void note_ranks(Contest& contest, Timestamp minute, std::int64_t seq);

    Ranking ranking_;
};

}  // namespace duel::projector
