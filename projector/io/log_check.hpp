#pragma once

#include "platform/kafka.hpp"
#include "projector/io/offsets.hpp"
#include "projector/rules/log_mark.hpp"
#include "projector/rules/shard.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Whether the log is still the one that a shard has read.
namespace duel::projector {

// From where a shard goes on in a partition although it has not applied what came before.
struct Loss {
    std::pair<Topic, std::int32_t> partition;
    std::int64_t offset{0};

    friend bool operator==(const Loss&, const Loss&) = default;
};

// "trades/3:17".
std::optional<Loss> loss_from_text(std::string_view text);

// A consumer for looking at single records.
platform::Consumer make_checker(const platform::KafkaSettings& kafka);

// The partitions as they are now, with the records of their marks. Waits `longest` at most, for
// each of three questions; throws KafkaError where the brokers do not answer them.
std::map<std::pair<Topic, std::int32_t>, LogNow> look_at_log(
    platform::Consumer& checker,
    const Offsets& offsets,
    const LogMarks& marks,
    std::chrono::milliseconds longest
);

// Throws LogMismatch, which says what was found and what to do, where a partition is not the log
// that the shard stands in. Where that loss is accepted, the shard stands where it says from now
// on; true if it does so anywhere. Elsewhere an accepted loss means nothing: a restart with the
// same settings skips no record.
bool check_log(
    platform::Consumer& checker,
    const ShardId& shard,
    const std::vector<Loss>& accepted,
    Offsets& offsets,
    LogMarks& marks,
    std::chrono::milliseconds longest
);

}  // namespace duel::projector
