#include "projector/io/comparison.hpp"
#include "projector/io/replay_commands.hpp"
#include "projector/io/replay_setup.hpp"

#include <map>
#include <optional>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;

// Rows of the view that has to be empty.
std::int64_t count_breaks(Connection& connection) {
    const auto view =
        connection.exec("select to_regclass('duel.reconciliation_breaks') is not null", Params{});
    if (!view.one().get<bool>(0)) return 0;
    return connection.exec("select count(*) from duel.reconciliation_breaks", Params{})
        .one()
        .get<std::int64_t>(0);
}

}  // namespace

int run_verify(
    const CommonSettings& common,
    const VerifySettings& settings,
    const platform::Shutdown& shutdown
) {
    LiveSnapshot live{settings};
    live.demand_own_rules();

    const ScratchModel scratch{
        settings.postgres.value, scratch_name("verify"), settings.migrations};
    SecondModel second{second_settings(common, settings), scratch.model()};
    second.take_homes(live.connection, live.model);
    if (!second.project(live.moments, shutdown)) return kInterrupted;

    std::size_t differences = 0;
    std::int64_t rows = 0, records = 0;
    Connection there = connect_to_model(settings.postgres.value, scratch.model().schema);
    for (const Moment& moment : live.moments) {
        const auto on_difference = [&](const Difference& difference) {
            if (++differences <= settings.most_differences) print(moment.shard, difference);
        };
        rows += compare_shard(
            {live.connection, live.model.schema},
            {there, scratch.model().schema},
            moment.shard,
            on_difference
        );
        records += moment.end.seq;
    }
    const std::int64_t breaks = count_breaks(live.connection);
    if (breaks > 0) fmt::print("duel.reconciliation_breaks has {} rows\n", breaks);
    fmt::print(
        "{} records of {} shards give {} rows: {} differences\n",
        records,
        live.moments.size(),
        rows,
        differences
    );
    return differences == 0 && breaks == 0 ? kAgrees : kDiffers;
}

int run_verify_contest(
    const CommonSettings& common,
    const VerifyContestSettings& settings,
    const platform::Shutdown& shutdown
) {
    LiveSnapshot live{settings};
    live.demand_own_rules();
    const auto found = live.connection.exec(
        "select c.shard, c.status, max(f.seq) from contests c"
        " left join final_standings f on f.contest_no = c.contest_no where c.contest_id = $1"
        " group by c.contest_no",
        Params{}.add(settings.contest)
    );
    if (found.empty())
        throw platform::SettingError(fmt::format(
            "CONTEST is \"{}\"; wanted the contest_id of a contest in the read model",
            settings.contest
        ));
    const auto seq = found.one().get<std::optional<std::int64_t>>(2);
    if (!seq)
        throw platform::SettingError(fmt::format(
            "CONTEST is \"{}\", which is {}; wanted a completed one with participants",
            settings.contest,
            found.one().get<std::string>(1)
        ));
    const auto shard = found.one().get<std::int16_t>(0);
    Moment& moment = live.only(shard);
    moment.end = {.seq = *seq};

    const ScratchModel scratch{
        settings.postgres.value, scratch_name("contest"), settings.migrations};
    SecondModel second{second_settings(common, settings), scratch.model()};
    second.take_homes(live.connection, live.model);
    if (!second.project(live.moments, shutdown)) return kInterrupted;

    // Name by name, so that neither side's numbers are believed.
    constexpr std::string_view kStandings =
        "select w.wallet_address, f.rank::text || ' ' || coalesce(f.portfolio_value::text, 'null')"
        " || ' ' || coalesce(f.performance::text, 'null') from final_standings f"
        " join contests c on c.contest_no = f.contest_no"
        " join portfolios p on p.portfolio_no = f.portfolio_no"
        " join wallets w on w.wallet_no = p.wallet_no where c.contest_id = $1";
    std::map<std::string, std::pair<std::string, std::string>> standings;
    Connection there = connect_to_model(settings.postgres.value, scratch.model().schema);
    for (const auto row :
         live.connection.exec(std::string{kStandings}, Params{}.add(settings.contest)))
        standings[row.get<std::string>(0)].first = row.get<std::string>(1);
    for (const auto row : there.exec(std::string{kStandings}, Params{}.add(settings.contest)))
        standings[row.get<std::string>(0)].second = row.get<std::string>(1);
    int differences = 0;
    for (const auto& [wallet, both] : standings) {
        if (both.first == both.second) continue;
        ++differences;
        fmt::print(
            "{}: \"{}\" in the read model, \"{}\" from the log\n", wallet, both.first, both.second
        );
    }
    const auto reached = there.exec("select offsets::text from shards", Params{});
    fmt::print(
        "contest {}: {} standings after record {} of {}, from offsets {} to {}: {}\n",
        settings.contest,
        standings.size(),
        *seq,
        moment.shard.name(),
        json_of(moment.history.journal.front().start),
        reached.one().get<std::string>(0),
        differences == 0 ? "they agree" : fmt::format("{} differ", differences)
    );
    return differences == 0 ? kAgrees : kDiffers;
}

}  // namespace duel::projector
