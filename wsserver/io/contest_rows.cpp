#include "wsserver/io/reading.hpp"

#include <algorithm>

namespace duel::wsserver::reading {
namespace {

using platform::Connection;
using platform::Params;
using platform::Row;

feed::LeaderboardRow leaderboard_row(const Row& row) {
    return {
        .rank = row.get<std::int64_t>("rank"),
        .wallet_address = row.get<std::string>("wallet_address"),
        .username = row.get<std::optional<std::string>>("username").value_or(""),
        .portfolio_value = row.get<std::optional<Amount>>("portfolio_value"),
        .performance = row.get<std::optional<Amount>>("performance").value_or(Amount{}),
        .last_trade_time = row.get<std::optional<Timestamp>>("last_trade_time")};
}

}  // namespace

void read_contest(
    Connection& connection,
    const std::string& contest_id,
    const Shards& shards,
    Snapshot& snapshot
) {
    const auto contests = ask(
        connection,
        "contest",
        "select c.name, c.status, c.rounds, c.current_round, c.total_participants, c.prize_pool,"
        " c.starts_at, c.ends_at, c.shard, w.last_event_seq"
        " from duel.contests c join duel_wire.contests w using (contest_id) where contest_id = $1",
        Params{}.add(contest_id)
    );
    if (contests.empty()) return;
    const auto row = contests.one();
    const auto& place = shards.at(row.get<std::string>("shard"));
    snapshot.seq = place.seq;
    snapshot.last_event_seq = seq_of(row, "last_event_seq");

    ContestRows found;
    found.contest = {
        .contest_id = contest_id,
        .name = row.get<std::string>("name"),
        .status = word<ContestStatus>(row, "status"),
        .rounds = row.get<std::optional<std::int64_t>>("rounds"),
        .current_round = row.get<std::optional<std::int64_t>>("current_round"),
        .total_participants = row.get<std::int64_t>("total_participants"),
        .prize_pool = row.get<Amount>("prize_pool"),
        .starts_at = row.get<Timestamp>("starts_at"),
        .ends_at = row.get<Timestamp>("ends_at"),
        .now = place.now};
    for (const auto ranked :
         ask(connection,
             "leaderboard",
             "select rank, wallet_address, username, portfolio_value, performance,"
             " last_trade_time, ranked_at from duel.leaderboard where contest_id = $1",
             Params{}.add(contest_id))) {
        found.leaderboard.push_back(leaderboard_row(ranked));
        found.ranked_at = std::max(found.ranked_at, ranked.get<Timestamp>("ranked_at"));
    }
    if (found.leaderboard.empty()) found.ranked_at = place.now;
    snapshot.rows = std::move(found);
}

}  // namespace duel::wsserver::reading
