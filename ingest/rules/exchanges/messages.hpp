#pragma once

// What the exchanges' subscriptions have in common.

#include "core/json_writer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

inline JsonWriter& write_list(JsonWriter& writer, const std::vector<std::string>& texts) {
    writer.begin_array();
    for (const auto& text : texts)
        writer.value(text);
    return writer.end_array();
}

inline std::string upper(std::string_view text) {
    std::string out{text};
    for (char& letter : out)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return out;
}

inline std::string lower(std::string_view text) {
    std::string out{text};
    for (char& letter : out)
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    return out;
}

}  // namespace duel::ingest
