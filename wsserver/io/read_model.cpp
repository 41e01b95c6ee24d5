#include "wsserver/io/read_model.hpp"

#include "wsserver/io/reading.hpp"

namespace duel::wsserver {

using platform::Connection;
using platform::Params;
using reading::ask;
using reading::kSnapshotMode;
using reading::read_contest;
using reading::read_market;
using reading::read_portfolio;
using reading::read_shards;

std::string read_epoch(Connection& connection) {
    return read_shards(connection).epoch;
}

Snapshot read_snapshot(Connection& connection, const Channel& channel) {
    platform::Transaction transaction{connection, kSnapshotMode};
    const auto shards = read_shards(connection);
    Snapshot snapshot{.epoch = shards.epoch};
    switch (channel.kind) {
        case Channel::Kind::market:
            read_market(connection, channel.name, shards, snapshot);
            break;
        case Channel::Kind::contest:
            read_contest(connection, channel.name, shards, snapshot);
            break;
        case Channel::Kind::portfolio:
            read_portfolio(connection, channel, shards, snapshot);
            break;
    }
    transaction.commit();
    return snapshot;
}

std::vector<std::string> read_contests_of(Connection& connection, const std::string& wallet) {
    std::vector<std::string> contest_ids;
    for (const auto row :
         ask(connection,
             "contests_of",
             "select contest_id from duel_wire.portfolios"
             " where wallet_address = $1 and contest_id is not null",
             Params{}.add(wallet)))
        contest_ids.push_back(row.get<std::string>("contest_id"));
    return contest_ids;
}

}  // namespace duel::wsserver
