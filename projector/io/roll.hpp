#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/fair_share.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

// Who projects what, by the advisory locks that sessions hold. They end with their session, so the
// roll is true by itself and needs no table:
//
//   the roll    one session of every projector, exclusively, by the number of the projector
//   sessions    every session of a projector, shared, by the same number
//   shards      the session that owns a shard, exclusively, by the number of the shard
namespace duel::projector {

// Takes the shard's advisory lock for as long as the connection lives; false where another has it.
bool try_lock(platform::Connection& connection, const ShardId& shard);

// Marks the session as one of that projector.
void belong_to(platform::Connection& connection, MemberId member);

// Puts the projector on the roll for as long as the connection lives. Ends what an earlier
// connection left; false while that takes.
bool enrol(platform::Connection& connection, MemberId member);

// The session that has a shard.
struct Holder {
    std::optional<MemberId> member;  // nothing: no projector's
    std::int32_t session{0};         // as pg_stat_activity has it
};

struct Roll {
    std::map<MemberId, std::string> members;               // with their names
    std::map<MemberId, std::chrono::milliseconds> silent;  // those that are, by Postgres' clock
    std::map<ShardId, Holder> holders;
};

// Reads the roll. A projector is silent when its session on the roll has asked nothing for longer
// than `patience`: each asks several times a second, and a frozen one asks nothing.
Roll read_roll(platform::Connection& connection, std::chrono::milliseconds patience);

// Ends every session of the projector: what it has not committed is rolled back, and its locks are
// free.
void end_sessions(platform::Connection& connection, MemberId member);
void end_session(platform::Connection& connection, std::int32_t session);

}  // namespace duel::projector
