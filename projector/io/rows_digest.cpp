#include "projector/io/rows_digest.hpp"

#include "projector/rules/apply.hpp"
#include "projector/rules/state.hpp"

#include <type_traits>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;

template <class State>
RowsDigest digest_tables(Connection& connection, const ShardId& shard) {
    RowsDigest sum;
    State state{shard.number()};  // for the list of its tables
    for_each_table(state, [&](const auto& table) {
        using Row = typename std::decay_t<decltype(table)>::Row;
        const RowsDigest part = RowReader<Row>::digest(connection, shard.number());
        sum.digest += part.digest;
        sum.rows += part.rows;
    });
    return sum;
}

}  // namespace

RowsDigest digest_rows(Connection& connection, const ShardId& shard) {
    if (shard.kind == ShardId::Kind::contest) return digest_tables<ContestState>(connection, shard);
    return digest_tables<MarketState>(connection, shard);
}

std::optional<Digest> kept_digest(Connection& connection, const ShardId& shard) {
    const auto kept =
        connection.exec("select digest from shards where shard = $1", Params{}.add(shard.number()));
    const auto digest = kept.one().get<std::optional<std::int64_t>>(0);
    if (!digest) return std::nullopt;
    return static_cast<Digest>(*digest);
}

}  // namespace duel::projector
