#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/shard.hpp"

#include <cstdint>
#include <functional>
#include <string>

// Are the tables of two models the same, row by row and column by column?
namespace duel::projector {

struct Difference {
    std::string table;
    std::string key;     // "portfolio_no=5 symbol_no=7"
    std::string column;  // empty where the whole row is on one side only
    std::string here;    // as text; "no row" where it is missing
    std::string there;
};

// One side: a connection and the schema to read there, the first on its search path; perhaps within
// a transaction that sees the tables as they were.
struct Side {
    platform::Connection& connection;
    std::string schema;
};

// Calls back for every difference in what the shard has written; how many rows were compared.
//
// Where the digest of the rows here is the one that was kept there, they are the same: only dead
// letters, which are in no digest, are looked at still. Otherwise sums of hashes tell which tables
// differ, and only their rows are compared one by one. A kept digest that is wrong is a difference
// too.
std::int64_t compare_shard(
    Side here,
    Side there,
    const ShardId& shard,
    const std::function<void(const Difference&)>& on_difference
);

}  // namespace duel::projector
