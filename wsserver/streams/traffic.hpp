#pragma once

// What went through connections since the start: sums, from which whoever looks twice gets rates.
// Plain data.

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace duel::wsserver {

struct Traffic {
    std::uint64_t messages_in = 0;
    std::uint64_t messages_out = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::map<Code, std::uint64_t> errors{};  // told to clients

    Traffic& operator+=(const Traffic& other) {
        messages_in += other.messages_in;
        messages_out += other.messages_out;
        bytes_in += other.bytes_in;
        bytes_out += other.bytes_out;
        for (const auto& [code, count] : other.errors)
            errors[code] += count;
        return *this;
    }
};

}  // namespace duel::wsserver
