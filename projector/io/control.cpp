#include "projector/io/control.hpp"

#include <fmt/format.h>

namespace duel::projector {

using platform::Connection;
using platform::Json;
using platform::Params;
using std::chrono::milliseconds;

Model active_model(Connection& connection) {
    const auto exists =
        connection.exec("select to_regclass('duel_control.models') is not null", Params{});
    if (!exists.one().get<bool>(0))
        throw NotMigrated("the database has no Duelcast tables: run `duel-projector migrate`");
    const auto model = connection.exec(
        "select schema_name, epoch from duel_control.models where active", Params{}
    );
    if (model.empty())
        throw NotMigrated("no model is active in duel_control.models: run `duel-projector migrate`"
        );
    Model active{model.one().get<std::string>(0), model.one().get<std::string>(1)};
    const auto table = connection.exec(
        "select exists (select from pg_attribute"
        " where attrelid = to_regclass($1) and attname = 'log_times')",
        Params{}.add(active.schema + ".shards")
    );
    if (!table.one().get<bool>(0))
        throw NotMigrated(
            "the tables of model " + active.schema +
            " are missing or old: run `duel-projector migrate`"
        );
    return active;
}

ShardPosition take_shard(
    Connection& connection,
    const ShardId& shard,
    const std::string& owner,
    const std::string& epoch
) {
    const auto taken = connection.exec(
        "insert into shards (shard, epoch, owner, offsets, log_times, seq, fence, published_seq, "
        "next_no,"
        " lag_records, silent, pace_ms, updated_at)"
        " values ($1, $2, $3, '{}', '{}', 0, 1, 0, 1, 0, false, 500, now())"
        " on conflict (shard) do update set owner = excluded.owner, fence = shards.fence + 1,"
        " updated_at = now()"
        " returning epoch, offsets::text, seq, fence, published_seq, next_no, now, rank_point, "
        "silent,"
        " pace_ms, log_times::text",
        Params{}.add(shard.number()).add(epoch).add(owner)
    );
    const platform::Row row = taken.one();
    ShardPosition position;
    position.epoch = row.get<std::string>(0);
    position.offsets = offsets_from_json(row.get<std::string_view>(1));
    position.seq = row.get<std::int64_t>(2);
    position.fence = row.get<std::int64_t>(3);
    position.published_seq = row.get<std::int64_t>(4);
    position.next_no = row.get<std::int64_t>(5);
    position.now = row.get<std::optional<Timestamp>>(6);
    position.pace.point = row.get<std::optional<Timestamp>>(7);
    position.pace.silent = row.get<bool>(8);
    position.pace.pace = milliseconds{row.get<std::int32_t>(9)};
    position.log_marks = log_marks_from_json(row.get<std::string_view>(10));
    position.is_new = position.seq == 0;
    return position;
}

void check_fence(Connection& connection, const ShardId& shard, const ShardPosition& position) {
    connection.prepare(
        "check_fence", "select from shards where shard = $1::smallint and fence = $2::bigint"
    );
    const auto found =
        connection.exec_prepared("check_fence", Params{}.add(shard.number()).add(position.fence));
    if (found.empty()) throw FencedOff(shard.name() + " was taken by another projector");
}

void write_position(
    Connection& connection,
    const ShardId& shard,
    const ShardPosition& position,
    std::int64_t lag
) {
    connection.prepare(
        "write_position",
        "update shards set offsets = $3::jsonb, seq = $4::bigint, published_seq = $5::bigint,"
        " next_no = $6::bigint, now = $7::timestamptz, rank_point = $8::timestamptz,"
        " silent = $9::boolean, pace_ms = $10::int, lag_records = $11::bigint,"
        " log_times = $12::jsonb, updated_at = now()"
        " where shard = $1::smallint and fence = $2::bigint"
    );
    const std::string offsets = json_of(position.offsets);
    const std::string log_times = json_of(position.log_marks);
    const auto touched = connection.exec_prepared(
        "write_position",
        Params{}
            .add(shard.number())
            .add(position.fence)
            .add(Json{offsets})
            .add(position.seq)
            .add(position.published_seq)
            .add(position.next_no)
            .add(position.now)
            .add(position.pace.point)
            .add(position.pace.silent)
            .add(static_cast<std::int32_t>(position.pace.pace.count()))
            .add(lag)
            .add(Json{log_times})
    );
    if (touched.affected() != 1) throw FencedOff(shard.name() + " was taken by another projector");
}

Journal::Journal(Connection& connection, const ShardId& shard, const ShardPosition& position)
    : shard_{shard.number()},
      seq_{position.seq},
      next_{position.offsets},
      log_marks_{position.log_marks} {
    const auto newest = connection.exec(
        "select seq_from, seq_to, start_offsets::text, end_offsets::text, cause, pace_ms from "
        "journal"
        " where shard = $1 order by seq_from desc limit 1",
        Params{}.add(shard_)
    );
    if (newest.empty()) return;
    const platform::Row row = newest.one();
    rows_.push_back(
        {row.get<std::int64_t>(0),
         row.get<std::int64_t>(1),
         offsets_from_json(row.get<std::string_view>(2)),
         offsets_from_json(row.get<std::string_view>(3)),
         row.get<std::string>(4),
         milliseconds{row.get<std::int32_t>(5)},
         true}
    );
}

void Journal::begin(const std::string& cause, milliseconds pace) {
    if (!rows_.empty()) {
        Entry& last = rows_.back();
        if (last.seq_from == seq_ + 1) {
            if (last.cause.find(cause) == std::string::npos) last.cause += '+' + cause;
            last.start = next_;
            last.pace = pace;
            return;
        }
        last.seq_to = seq_;
        last.end = next_;
    }
    rows_.push_back({seq_ + 1, seq_, next_, next_, cause, pace, false});
}

void Journal::write(Connection& connection, const std::string& epoch) {
    rows_.back().seq_to = seq_;
    rows_.back().end = next_;
    for (const Entry& row : rows_) {
        const std::string start = json_of(row.start);
        const std::string end = json_of(row.end);
        Params params;
        params.add(shard_).add(row.seq_from).add(row.seq_to).add(Json{end}).add(row.cause);
        params.add(Json{start}).add(static_cast<std::int32_t>(row.pace.count()));
        if (row.stored) {
            connection.prepare(
                "extend_stretch",
                "update journal set seq_to = $3::bigint, end_offsets = $4::jsonb, cause = $5::text,"
                " start_offsets = $6::jsonb, pace_ms = $7::int"
                " where shard = $1::smallint and seq_from = $2::bigint"
            );
            connection.exec_prepared("extend_stretch", params);
        } else {
            connection.prepare(
                "begin_stretch",
                "insert into journal (shard, seq_from, seq_to, end_offsets, cause, start_offsets,"
                " pace_ms, epoch) values ($1::smallint, $2::bigint, $3::bigint, $4::jsonb, "
                "$5::text,"
                " $6::jsonb, $7::int, $8::text)"
            );
            connection.exec_prepared("begin_stretch", params.add(epoch));
        }
    }
}

void Journal::settle() {
    rows_.erase(rows_.begin(), rows_.end() - 1);
    rows_.back().stored = true;
}

}  // namespace duel::projector
