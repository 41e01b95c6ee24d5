#include "ingest/rules/csv_row.hpp"

namespace duel::ingest {

std::size_t split_row(std::string_view row, std::span<std::string_view> fields) {
    if (row.ends_with('\r')) row.remove_suffix(1);
    std::size_t count = 0;
    while (true) {
        const std::size_t comma = row.find(',');
        if (count < fields.size()) fields[count] = row.substr(0, comma);
        ++count;
        if (comma == std::string_view::npos) return count;
        row.remove_prefix(comma + 1);
    }
}

}  // namespace duel::ingest
