#include "core/time.hpp"
#include "platform/migrations.hpp"
#include "projector/io/replay_commands.hpp"
#include "projector/io/replay_setup.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Format;
using platform::Params;

// "17": after that many records of the shard. Anything else is a time of the log.
ReplayEnd end_of(const std::string& when, const ReplayEnd& newest) {
    std::int64_t seq = 0;
    const auto* const end = when.data() + when.size();
    const auto [stop, failure] = std::from_chars(when.data(), end, seq);
    if (failure == std::errc{} && stop == end) {
        if (seq < 1 || seq > newest.seq)
            throw platform::SettingError(fmt::format(
                "SEQ is {}; wanted a number from 1 to {}, where the shard is now", seq, newest.seq
            ));
        return {.seq = seq, .is_silent = newest.is_silent && seq == newest.seq};
    }
    const auto time = parse_timestamp(when);
    if (!time)
        throw platform::SettingError(fmt::format(
            "SEQ|TIME is \"{}\"; wanted a whole number or a time such as 2026-01-01T14:05:00Z", when
        ));
    return {.seq = newest.seq, .is_silent = newest.is_silent, .log_time = *time};
}

void replace_all(std::string& text, std::string_view old, std::string_view fresh) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + fresh.size()))
        text.replace(at, old.size(), fresh);
}

// The analysts' views over another model, in a schema of their own.
void make_views(
    Connection& connection,
    const std::string& schema,
    const Model& model,
    const std::string& migrations
) {
    const std::string name = connection.quote_name(schema);
    platform::Transaction transaction{connection};
    connection.exec("create schema " + name);
    for (const auto& file : platform::read_migrations(migrations)) {
        if (file.name != "views") continue;
        std::string sql = file.sql;
        replace_all(sql, "VIEW duel.", "VIEW " + name + ".");
        replace_all(sql, "duel.final_standings", name + ".final_standings");
        replace_all(
            sql,
            "(SELECT schema_name FROM duel_control.models WHERE active)",
            connection.quote(model.schema)
        );
        connection.exec(sql);
    }
    transaction.commit();
}

// Tab-separated, a block a relation, as `COPY … TO` would write it.
void print_contest(Connection& connection, const std::string& schema, const std::string& contest) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kRelations{{
        {"contests", "contest_id"},
        {"participants", "wallet_address"},
        {"portfolios", "wallet_address"},
        {"positions", "wallet_address, symbol"},
        {"leaderboard", "rank, wallet_address"},
        {"final_standings", "rank, wallet_address"},
    }};
    for (const auto& [relation, order] : kRelations) {
        const auto rows = connection.exec(
            fmt::format(
                "select * from {}.{} where contest_id = $1 order by {}",
                connection.quote_name(schema),
                relation,
                order
            ),
            Params{}.add(contest),
            Format::text
        );
        const int columns = PQnfields(rows.get());
        fmt::print("# {}\n", relation);
        for (int c = 0; c < columns; ++c)
            fmt::print("{}{}", c > 0 ? "\t" : "", PQfname(rows.get(), c));
        for (const auto row : rows) {
            fmt::print("\n");
            for (int c = 0; c < columns; ++c)
                fmt::print(
                    "{}{}",
                    c > 0 ? "\t" : "",
                    row.get<std::optional<std::string>>(c).value_or("\\N")
                );
        }
        fmt::print("\n");
    }
}

}  // namespace

int run_as_of(
    const CommonSettings& common,
    const AsOfSettings& settings,
    const platform::Shutdown& shutdown
) {
    LiveSnapshot live{settings};
    live.demand_own_rules();
    const auto found = live.connection.exec(
        "select shard from contests where contest_id = $1", Params{}.add(settings.contest)
    );
    if (found.empty())
        throw platform::SettingError(fmt::format(
            "--contest is \"{}\"; wanted the contest_id of a contest in the read model",
            settings.contest
        ));
    const auto shard = found.one().get<std::int16_t>(0);
    Moment& moment = live.only(shard);
    moment.end = end_of(settings.when, moment.end);

    const bool is_kept = !settings.into.empty();
    const std::string views = is_kept ? settings.into : scratch_name("as_of");
    ScratchModel scratch{settings.postgres.value, views + "_model", settings.migrations};
    SecondModel second{second_settings(common, settings), scratch.model()};
    second.take_homes(live.connection, live.model);
    if (!second.project(live.moments, shutdown)) return kInterrupted;

    Connection there = connect_owner(settings);
    make_views(there, views, scratch.model(), settings.migrations);
    if (is_kept) {
        scratch.keep();
        fmt::print("schema {} has the views, {}_model the tables\n", views, views);
    } else {
        print_contest(there, views, settings.contest);
        there.exec("drop schema " + there.quote_name(views) + " cascade");
    }
    return 0;
}

}  // namespace duel::projector
