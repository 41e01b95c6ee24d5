#include "projector/io/settings.hpp"

#include "projector/io/log_check.hpp"

namespace duel::projector {

using platform::at_least;
using platform::between;
using std::chrono::milliseconds;

void offer(platform::Settings& settings, CommonSettings& common) {
    offer(settings, common.kafka);
    offer(settings, common.http, "DUEL_PROJECTOR_METRICS_PORT");
    offer(settings, common.log);
}

void offer(platform::SettingTable& table, Limits& limits) {
    table.add(
        "--future-limit",
        "DUEL_PROJECTOR_FUTURE_LIMIT",
        limits.future,
        "time",
        "how far a timestamp may lie after its record's log time",
        at_least(milliseconds{0})
    );
}

namespace {

void offer_database(
    platform::SettingTable& table,
    platform::Secret& postgres,
    std::string& migrations
) {
    table.add("--postgres", "DUEL_POSTGRES_ADMIN", postgres, "URL", "the database, as its owner")
        .required();
    table.add("--migrations", "DUEL_MIGRATIONS", migrations, "folder", "where the SQL files are");
}

void offer_replay(platform::SettingTable& table, ReplayCommandSettings& replay) {
    offer_database(table, replay.postgres, replay.migrations);
    table.add(
        "--jobs",
        "DUEL_PROJECTOR_JOBS",
        replay.jobs,
        "shards",
        "that are projected at the same time",
        between(std::size_t{1}, std::size_t{256})
    );
    table.add(
        "--replay-batch",
        "DUEL_PROJECTOR_REPLAY_BATCH",
        replay.batch_records,
        "records",
        "of one transaction; it bounds the memory of a shard",
        between(std::size_t{1'000}, std::size_t{10'000'000})
    );
}

}  // namespace

void offer(platform::SettingTable& table, MigrateSettings& migrate) {
    offer_database(table, migrate.postgres, migrate.migrations);
}

void offer(platform::SettingTable& table, VerifySettings& verify) {
    offer_replay(table, verify);
    table.add(
        "--most",
        "",
        verify.most_differences,
        "differences",
        "to print; the rest is counted",
        between(std::size_t{1}, std::size_t{1'000'000'000})
    );
}

void offer(platform::SettingTable& table, RebuildSettings& rebuild) {
    offer_replay(table, rebuild);
    table.add("--dry-run", "", rebuild.dry_run, "", "only compare, then drop the new tables");
    table.add(
        "--from-empty",
        "",
        rebuild.from_empty,
        "",
        "empty tables take over at once and fill from the log's beginning, for a log that is not "
        "the "
        "one of the journal"
    );
    table.add("--keep-old", "", rebuild.keep_old, "", "leave the old tables where they are");
}

void offer(platform::SettingTable& table, AsOfSettings& as_of) {
    offer_replay(table, as_of);
    table.add_argument("SEQ|TIME", as_of.when, "a seq of the contest's shard, or a time of the log")
        .required();
    table.add("--contest", "", as_of.contest, "contest_id", "whose shard is projected").required();
    table.add("--into", "", as_of.into, "schema", "leave the tables there, print nothing");
}

void offer(platform::SettingTable& table, VerifyContestSettings& verify) {
    offer_replay(table, verify);
    table.add_argument("CONTEST", verify.contest, "a contest_id").required();
}

void offer(platform::SettingTable& table, RunSettings& run) {
    table
        .add(
            "--postgres",
            "DUEL_PROJECTOR_POSTGRES",
            run.postgres,
            "URL",
            "the database, as the role duel_projector"
        )
        .required();
    table.add(
        "--batch-records",
        "DUEL_PROJECTOR_BATCH_RECORDS",
        run.batch_records,
        "records",
        "most of one transaction; a shard that keeps up makes small ones by itself",
        between(std::size_t{1}, std::size_t{1'000'000})
    );
    table.add(
        "--queue-records",
        "DUEL_PROJECTOR_QUEUE_RECORDS",
        run.queue_records,
        "records",
        "most that wait for a shard, read and decoded",
        between(std::size_t{100}, std::size_t{10'000'000})
    );
    table.add(
        "--merge-wait",
        "DUEL_PROJECTOR_MERGE_WAIT",
        run.merge_wait,
        "time",
        "how long a new record waits for older ones of partitions that are caught up",
        between(milliseconds{0}, milliseconds{1'000})
    );
    table.add(
        "--pace",
        "DUEL_PROJECTOR_PACE",
        run.pace,
        "time",
        "between two rankings of a contest, in log time",
        between(milliseconds{10}, milliseconds{600'000})
    );
    table.add(
        "--frozen-after",
        "DUEL_PROJECTOR_FROZEN_AFTER",
        run.frozen_after,
        "time",
        "how long another projector may be silent before its sessions are ended and its shards "
        "taken",
        between(milliseconds{1'000}, milliseconds{600'000})
    );
    platform::SettingEntry& losses = table.add(
        "--accept-loss-from",
        "DUEL_PROJECTOR_ACCEPT_LOSS_FROM",
        run.accept_loss_from,
        "TOPIC/PARTITION:OFFSET",
        "where a shard that halted goes on in a log that is not the one it has read, without what "
        "is missing; may repeat"
    );
    losses.assign = [assign = losses.assign](const std::vector<std::string>& values
                    ) -> std::optional<std::string> {
        for (const std::string& value : values) {
            if (!loss_from_text(value)) return "TOPIC/PARTITION:OFFSET, such as trades/3:17";
        }
        return assign(values);
    };
    offer(table, run.limits);
}

void offer(platform::SettingTable& table, CheckSettings& check) {
    event_files::offer(table, check);
    offer(table, check.limits);
}

}  // namespace duel::projector
