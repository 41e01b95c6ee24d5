#include "projector/io/roll.hpp"

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;
using std::chrono::milliseconds;

// The classes of the locks; their texts in ASCII.
constexpr std::int32_t kShards = 0x4475656c;    // "Duel"
constexpr std::int32_t kRoll = 0x44756572;      // "Duer"
constexpr std::int32_t kSessions = 0x44756573;  // "Dues"

// Advisory locks of two integers in this database: kind (their class), number, pid.
constexpr const char* kLocks =
    "with locks as materialized ("
    " select classid::bigint::int as kind, objid::bigint::int as number, pid from pg_locks"
    " where locktype = 'advisory' and objsubid = 2 and granted"
    " and database = (select oid from pg_database where datname = current_database()))";

std::string with_locks(const std::string& query) {
    return kLocks + query;
}

bool lock(Connection& connection, std::int32_t kind, std::int32_t number) {
    const auto locked =
        connection.exec("select pg_try_advisory_lock($1, $2)", Params{}.add(kind).add(number));
    return locked.one().get<bool>(0);
}

void read_members(Connection& connection, milliseconds patience, Roll& roll) {
    connection.prepare(
        "read_members",
        with_locks(
            " select r.number, coalesce(a.application_name, ''), case when a.state = 'idle' then"
            " (extract(epoch from clock_timestamp() - a.state_change) * 1000)::bigint end"
            " from locks r left join pg_stat_activity a on a.pid = r.pid where r.kind = $1::int"
        )
    );
    for (const auto& row : connection.exec_prepared("read_members", Params{}.add(kRoll))) {
        const auto member = row.get<MemberId>(0);
        roll.members[member] = row.get<std::string>(1);
        const auto idle = row.get<std::optional<std::int64_t>>(2);
        if (idle && milliseconds{*idle} > patience) roll.silent[member] = milliseconds{*idle};
    }
}

void read_holders(Connection& connection, Roll& roll) {
    connection.prepare(
        "read_holders",
        with_locks(" select h.number, h.pid, s.number from locks h"
                   " left join locks s on s.pid = h.pid and s.kind = $2::int where h.kind = $1::int"
        )
    );
    const auto holders =
        connection.exec_prepared("read_holders", Params{}.add(kShards).add(kSessions));
    for (const auto& row : holders)
        roll.holders[ShardId::of_number(static_cast<std::int16_t>(row.get<std::int32_t>(0)))] = {
            .member = row.get<std::optional<MemberId>>(2), .session = row.get<std::int32_t>(1)};
}

}  // namespace

bool try_lock(Connection& connection, const ShardId& shard) {
    return lock(connection, kShards, shard.number());
}

void belong_to(Connection& connection, MemberId member) {
    connection.exec("select pg_advisory_lock_shared($1, $2)", Params{}.add(kSessions).add(member));
}

bool enrol(Connection& connection, MemberId member) {
    if (lock(connection, kRoll, member)) {
        belong_to(connection, member);
        return true;
    }
    connection.exec(
        with_locks(" select pg_terminate_backend(pid) from locks"
                   " where kind = $1 and number = $2 and pid <> pg_backend_pid()"),
        Params{}.add(kRoll).add(member)
    );
    return false;
}

Roll read_roll(Connection& connection, milliseconds patience) {
    Roll roll;
    read_members(connection, patience, roll);
    read_holders(connection, roll);
    return roll;
}

void end_sessions(Connection& connection, MemberId member) {
    connection.exec(
        with_locks(" select pg_terminate_backend(pid) from locks"
                   " where kind in ($1, $2) and number = $3 and pid <> pg_backend_pid()"),
        Params{}.add(kRoll).add(kSessions).add(member)
    );
}

void end_session(Connection& connection, std::int32_t session) {
    connection.exec("select pg_terminate_backend($1)", Params{}.add(session));
}

}  // namespace duel::projector
