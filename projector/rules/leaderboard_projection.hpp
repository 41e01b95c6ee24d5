#pragma once

#include "projector/rules/acceptance.hpp"
#include "projector/rules/happenings.hpp"
#include "projector/rules/ranking.hpp"
#include "projector/rules/rows/history_rows.hpp"

namespace duel::projector {

// The leaderboards as of the last ranking, and the final standings of completed contests.
//
// A ranking looks at the contests in which something moved since theirs, and writes the rows whose
// rank, value or last trade changed.
class LeaderboardProjection {
public:
    void on(const RankingDue& due, Step& step);
    void on(const ContestCompleted& event, Step& step);

    Table<LeaderboardRow> leaderboard;
    Append<FinalStandingRow> final_standings;
    std::int64_t rankings{0};  // of a contest, since somebody asked

    auto tables() { return std::tie(leaderboard, final_standings); }

private:
    void rank_contest(Contest& contest, Step& step);

    Ranking ranking_;
};

}  // namespace duel::projector
