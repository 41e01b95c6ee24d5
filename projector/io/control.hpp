#pragma once

#include "core/time.hpp"
#include "platform/postgres.hpp"
#include "projector/io/log_marks.hpp"
#include "projector/io/offsets.hpp"
#include "projector/rules/digest.hpp"
#include "projector/rules/pace.hpp"
#include "projector/rules/shard.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

// Where a shard stands, as the table `shards` has it, and who owns it.
namespace duel::projector {

// Another owner has taken the shard since: this one writes nothing any more.
struct FencedOff : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct NotMigrated : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Where a shard stands.
struct ShardPosition {
    std::string epoch;
    Offsets offsets;
    LogMarks log_marks;
    std::int64_t seq{0};
    std::int64_t fence{0};
    std::int64_t published_seq{0};
    std::int64_t next_no{1};
    std::optional<Timestamp> now;
    Pace pace;
    std::optional<Digest> digest;  // of the shard's rows; unknown in a model older than digests
    bool is_new{false};            // it never consumed anything
    bool is_lossy{false};          // records were given up on purpose: it stands after them
};

// Makes the shard this owner's: raises its fence, which ends every earlier owner's writing. A shard
// that has no row yet gets one, standing nowhere.
ShardPosition take_shard(
    platform::Connection& connection,
    const ShardId& shard,
    const std::string& owner,
    const std::string& epoch
);

// Throws FencedOff where the shard was taken since.
void check_fence(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position
);

// Checks the fence and notes where the shard stands, within the batch's transaction. The pipeline
// throws FencedOff.
void write_position(
    platform::Pipeline& pipeline,
    const ShardId& shard,
    const ShardPosition& position,
    std::int64_t lag
);

}  // namespace duel::projector
