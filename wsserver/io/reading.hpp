#pragma once

// How the questions are asked: what the files of read_model.hpp share.

#include "core/channel.hpp"
#include "platform/postgres.hpp"
#include "wsserver/streams/snapshot.hpp"

#include <map>
#include <string>

namespace duel::wsserver::reading {

// Rows and the place of their shard are of one moment.
inline constexpr auto* kSnapshotMode = "isolation level repeatable read read only";

// Where the shards stood when the transaction began.
struct Shards {
    struct Place {
        std::uint64_t seq = 0;
        Timestamp now;
    };
    std::string epoch;
    std::map<std::string, Place> places;

    const Place& at(const std::string& shard) const {
        static const Place nowhere;
        const auto found = places.find(shard);
        return found == places.end() ? nowhere : found->second;
    }
};

Shards read_shards(platform::Connection& connection);

// A statement that is prepared once for the connection.
platform::Rows ask(
    platform::Connection& connection,
    const std::string& name,
    const std::string& sql,
    const platform::Params& params = {}
);

std::uint64_t seq_of(const platform::Row& row, const char* column);

template <class E>
E word(const platform::Row& row, const char* column) {
    return from_text<E>(row.get<std::string_view>(column)).value();
}

// The rows of one channel, with the seq of its shard; rows stay empty where the contest is unknown.
void read_market(
    platform::Connection& connection,
    const std::string& symbol,
    const Shards& shards,
    Snapshot& snapshot
);
void read_contest(
    platform::Connection& connection,
    const std::string& contest_id,
    const Shards& shards,
    Snapshot& snapshot
);
void read_portfolio(
    platform::Connection& connection,
    const Channel& channel,
    const Shards& shards,
    Snapshot& snapshot
);

}  // namespace duel::wsserver::reading
