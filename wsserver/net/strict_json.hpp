#pragma once

// JSON from strangers: bounded in depth, no key twice, UTF-8 only.

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace duel::wsserver {

// Empty where the text is no JSON (to its last byte), nests deeper than max_depth, or repeats a key
// in an object. Never recurses with the input, so depth cannot exhaust the stack.
std::optional<nlohmann::json> parse_strictly(std::string_view text, int max_depth);

}  // namespace duel::wsserver
