#pragma once

#include "projector/rules/log_mark.hpp"

#include <string>
#include <string_view>

namespace duel::projector {

// {"trades/3": [0, 1764155156123, 1764155199456]}: first offset, its log time, that of the last, in
// milliseconds, as the table `shards` holds it.
std::string json_of(const LogMarks& marks);
LogMarks log_marks_from_json(std::string_view json);

}  // namespace duel::projector
