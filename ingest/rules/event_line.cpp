#include "ingest/rules/event_line.hpp"

#include <algorithm>

namespace duel::ingest {

bool append_line(std::string_view record, std::string& out) {
    const std::size_t begin = out.size();
    out += record;
    const auto bytes = out.begin() + static_cast<std::ptrdiff_t>(begin);
    const bool has_newline = record.find('\n') != std::string_view::npos;
    if (has_newline) std::replace(bytes, out.end(), '\n', ' ');
    out += '\n';
    return has_newline;
}

}  // namespace duel::ingest
