#pragma once

// What the first line of a request asks for: "/api/v2/ws/market?symbols=SOL,BTC".

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duel::wsserver {

struct Target {
    std::string path;                                        // decoded, without the query
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order; names may repeat

    // Percent escapes and `+` (a space, in the query) are decoded once. Refused are broken escapes,
    // bytes that are not UTF-8, control characters, and more than kMaxParameters parameters.
    static constexpr std::size_t kMaxParameters = 200;
    static Result<Target> parse(std::string_view text);

    // The last value of that name; nothing where it is absent.
    const std::string* last(std::string_view name) const;
    // The same, and takes all of that name out; empty where it is absent.
    std::string take(std::string_view name);
    std::vector<std::string> all(std::string_view name) const;
};

// The parts of "A,B,,C" that are not empty, each once, in order.
std::vector<std::string> comma_separated(std::string_view text);

}  // namespace duel::wsserver
