#pragma once

#include "platform/postgres.hpp"
#include "projector/io/row_reader.hpp"
#include "projector/rules/shard.hpp"

#include <optional>

// Digests of what a shard has written, in the schema that stands first on the search path.
namespace duel::projector {

// Worked out from its rows; dead letters are not among them.
RowsDigest digest_rows(platform::Connection& connection, const ShardId& shard);

// As it was kept with every commit; nothing in a model that had rows before there were digests.
std::optional<Digest> kept_digest(platform::Connection& connection, const ShardId& shard);

}  // namespace duel::projector
