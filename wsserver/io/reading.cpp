#include "wsserver/io/reading.hpp"

namespace duel::wsserver::reading {

using platform::Connection;
using platform::Params;
using platform::Row;
using platform::Rows;

Rows ask(
    Connection& connection,
    const std::string& name,
    const std::string& sql,
    const Params& params
) {
    connection.prepare(name, sql);
    return connection.exec_prepared(name, params, platform::Format::binary);
}

Shards read_shards(Connection& connection) {
    Shards shards;
    for (const auto row :
         ask(connection, "shards", "select shard, epoch, seq, now from duel.shards")) {
        shards.epoch = row.get<std::string>("epoch");
        shards.places[row.get<std::string>("shard")] = {
            static_cast<std::uint64_t>(row.get<std::int64_t>("seq")),
            row.get<std::optional<Timestamp>>("now").value_or(Timestamp{})};
    }
    return shards;
}

std::uint64_t seq_of(const Row& row, const char* column) {
    return static_cast<std::uint64_t>(row.get<std::int64_t>(column));
}

}  // namespace duel::wsserver::reading
