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

void offer(platform::SettingTable& table, MigrateSettings& migrate) {
    table
        .add(
            "--postgres",
            "DUEL_POSTGRES_ADMIN",
            migrate.postgres,
            "URL",
            "the database, as its owner"
        )
        .required();
    table.add(
        "--migrations", "DUEL_MIGRATIONS", migrate.migrations, "folder", "where the SQL files are"
    );
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
    table.add(
        "--future-limit",
        "DUEL_PROJECTOR_FUTURE_LIMIT",
        run.limits.future,
        "time",
        "how far a timestamp may lie after its record's log time",
        at_least(milliseconds{0})
    );
}

}  // namespace duel::projector
