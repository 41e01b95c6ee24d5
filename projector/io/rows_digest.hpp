#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/digest.hpp"
#include "projector/rules/shard.hpp"

#include <cstdint>
#include <optional>

// Digests of what a shard has written, in the schema that stands first on the search path.
namespace duel::projector {

struct RowsDigest {
    Digest digest{0};
    std::int64_t rows{0};
};

// Worked out from its rows; dead letters are not among them.
RowsDigest digest_rows(platform::Connection& connection, const ShardId& shard);

// As it was kept with every commit; nothing in a model that had rows before there were digests.
std::optional<Digest> kept_digest(platform::Connection& connection, const ShardId& shard);

}  // namespace duel::projector
