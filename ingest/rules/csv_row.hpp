#pragma once

// A row of the recordings' CSV: comma separated, no quoting.

#include <cstddef>
#include <span>
#include <string_view>

namespace duel::ingest {

// Fills `fields` with views into `row` and returns how many fields the row has, which may be more
// than fit. A carriage return at the end belongs to no field.
std::size_t split_row(std::string_view row, std::span<std::string_view> fields);

}  // namespace duel::ingest
