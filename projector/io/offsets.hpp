#pragma once

#include "core/topic.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::projector {

// Where a shard stands in each partition that it reads: the next record to apply.
using Offsets = std::map<std::pair<Topic, std::int32_t>, std::int64_t>;

// "trades/3"; nothing where the text names no partition.
std::optional<std::pair<Topic, std::int32_t>> partition_named(std::string_view text);

// Reads an object whose keys are partitions and whose values are whole numbers, or lists of them.
// Throws std::logic_error for any other: nobody but the projector writes these.
void for_each_partition(
    std::string_view json,
    const std::function<
        void(const std::pair<Topic, std::int32_t>&, const std::vector<std::int64_t>&)>& visit
);

// {"prices/0": 5, "trades/3": 17}, as the tables hold it.
std::string json_of(const Offsets& offsets);
Offsets offsets_from_json(std::string_view json);

}  // namespace duel::projector
