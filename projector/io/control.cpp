#include "projector/io/control.hpp"

namespace duel::projector {

using platform::Connection;
using platform::Json;
using platform::Params;
using std::chrono::milliseconds;

namespace {

// As bigint, which Postgres has instead of unsigned numbers.
std::optional<std::int64_t> signed_digest(std::optional<Digest> digest) {
    if (!digest) return std::nullopt;
    return static_cast<std::int64_t>(*digest);
}

}  // namespace

ShardPosition take_shard(
    Connection& connection,
    const ShardId& shard,
    const std::string& owner,
    const std::string& epoch
) {
    const auto taken = connection.exec(
        "insert into shards (shard, epoch, owner, offsets, log_times, seq, fence, published_seq, "
        "next_no, lag_records, silent, pace_ms, digest, updated_at)"
        " values ($1, $2, $3, '{}', '{}', 0, 1, 0, 1, 0, false, 500, 0, now())"
        " on conflict (shard) do update set owner = excluded.owner, fence = shards.fence + 1,"
        " updated_at = now()"
        " returning epoch, offsets::text, seq, fence, published_seq, next_no, now, rank_point, "
        "silent,"
        " pace_ms, log_times::text, digest",
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
    const auto digest = row.get<std::optional<std::int64_t>>(11);
    if (digest) position.digest = static_cast<Digest>(*digest);
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
    platform::Pipeline& pipeline,
    const ShardId& shard,
    const ShardPosition& position,
    std::int64_t lag
) {
    static const std::string sql =
        "update shards set offsets = $3::jsonb, seq = $4::bigint, published_seq = $5::bigint,"
        " next_no = $6::bigint, now = $7::timestamptz, rank_point = $8::timestamptz,"
        " silent = $9::boolean, pace_ms = $10::int, lag_records = $11::bigint,"
        " log_times = $12::jsonb, digest = $13::bigint, updated_at = now()"
        " where shard = $1::smallint and fence = $2::bigint";
    const std::string offsets = json_of(position.offsets);
    const std::string log_times = json_of(position.log_marks);
    pipeline.exec_prepared(
        "write_position",
        sql,
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
            .add(signed_digest(position.digest)),
        [shard](const platform::Rows& touched) {
            if (touched.affected() != 1)
                throw FencedOff(shard.name() + " was taken by another projector");
        }
    );
}

}  // namespace duel::projector
