#include "projector/io/journal.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Json;
using platform::Params;
using std::chrono::milliseconds;

std::string select_journal(std::string_view where) {
    return fmt::format(
        "select seq_from, seq_to, start_offsets::text, end_offsets::text, cause, pace_ms,"
        " future_limit_ms from "
        "journal where {}",
        where
    );
}

JournalRow read_row(const platform::Row& row) {
    return {
        row.get<std::int64_t>(0),
        row.get<std::int64_t>(1),
        offsets_from_json(row.get<std::string_view>(2)),
        offsets_from_json(row.get<std::string_view>(3)),
        row.get<std::string>(4),
        milliseconds{row.get<std::int32_t>(5)},
        milliseconds{row.get<std::int64_t>(6)}};
}

}  // namespace

std::vector<JournalRow>
read_journal(Connection& connection, const ShardId& shard, std::int64_t seq) {
    const auto found = connection.exec(
        select_journal("shard = $1 and seq_to > $2 order by seq_from"),
        Params{}.add(shard.number()).add(seq)
    );
    std::vector<JournalRow> rows;
    rows.reserve(static_cast<std::size_t>(found.size()));
    for (const auto row : found)
        rows.push_back(read_row(row));
    return rows;
}

Journal::Journal(
    Connection& connection,
    const ShardId& shard,
    const ShardPosition& position,
    const Limits& limits
)
    : shard_{shard.number()},
      limits_{limits},
      seq_{position.seq},
      next_{position.offsets},
      log_marks_{position.log_marks} {
    const auto newest = connection.exec(
        select_journal("shard = $1 order by seq_from desc limit 1"), Params{}.add(shard_)
    );
    if (!newest.empty()) rows_.push_back({read_row(newest.one()), true});
}

void Journal::begin(const std::string& cause, milliseconds pace) {
    if (!rows_.empty()) {
        Entry& last = rows_.back();
        if (last.seq_from == seq_ + 1) {
            if (!last.is_caused_by(cause)) last.cause += '+' + cause;
            last.start = next_;
            last.pace = pace;
            last.future_limit = limits_.future;
            return;
        }
        last.seq_to = seq_;
        last.end = next_;
    }
    rows_.push_back({{seq_ + 1, seq_, next_, next_, cause, pace, limits_.future}, false});
}

void Journal::find(const Place& place) {
    at_ = &*next_.try_emplace({place.topic, place.partition}).first;
    mark_ = &note(log_marks_, place);
}

void Journal::write(platform::Pipeline& pipeline, const std::string& epoch) {
    static const std::string extend =
        "update journal set seq_to = $3::bigint, end_offsets = $4::jsonb, cause = $5::text,"
        " start_offsets = $6::jsonb, pace_ms = $7::int, future_limit_ms = $8::bigint"
        " where shard = $1::smallint and seq_from = $2::bigint";
    static const std::string begin =
        "insert into journal (shard, seq_from, seq_to, end_offsets, cause, start_offsets,"
        " pace_ms, future_limit_ms, epoch) values ($1::smallint, $2::bigint, $3::bigint,"
        " $4::jsonb, $5::text, $6::jsonb, $7::int, $8::bigint, $9::text)";
    rows_.back().seq_to = seq_;
    rows_.back().end = next_;
    for (const Entry& row : rows_) {
        const std::string start = json_of(row.start);
        const std::string end = json_of(row.end);
        Params params;
        params.add(shard_).add(row.seq_from).add(row.seq_to).add(Json{end}).add(row.cause);
        params.add(Json{start}).add(static_cast<std::int32_t>(row.pace.count()));
        params.add(static_cast<std::int64_t>(row.future_limit.count()));
        if (row.stored)
            pipeline.exec_prepared("extend_stretch", extend, params);
        else
            pipeline.exec_prepared("begin_stretch", begin, params.add(epoch));
    }
}

void Journal::settle() {
    rows_.erase(rows_.begin(), rows_.end() - 1);
    rows_.back().stored = true;
}

}  // namespace duel::projector
