#pragma once

// What the exchanges' subscriptions have in common.

#include "core/json_writer.hpp"
#include "ingest/rules/letters.hpp"

#include <string>
#include <vector>

namespace duel::ingest {

inline JsonWriter& write_list(JsonWriter& writer, const std::vector<std::string>& texts) {
    writer.begin_array();
    for (const auto& text : texts)
        writer.value(text);
    return writer.end_array();
}

}  // namespace duel::ingest
