#pragma once

#include "projector/rules/shard.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace duel::projector {

// A running projector, as its advisory lock names it.
using MemberId = std::int32_t;

// A shard, and whose it is now.
struct HeldShard {
    ShardId shard;
    std::optional<MemberId> holder{};  // nothing where it is free, or nobody of the members has it
};

// Which member every shard belongs to.
//
// Of each kind of shard everybody gets as many, but for one; who has one contest shard more is the
// last to get one market shard more, so that all together are even too. Nobody gives a shard away
// that fits into its share. Same shards and members, same answer: everybody deals alone, and all
// deal alike. Once everybody has what it was dealt, the next deal changes nothing.
std::map<ShardId, MemberId>
deal(const std::vector<HeldShard>& shards, const std::vector<MemberId>& members);

}  // namespace duel::projector
