#include "projector/io/row_sql.hpp"

#include <fmt/format.h>

namespace duel::projector {

std::string column_list(const std::vector<ColumnSql>& columns) {
    std::string list;
    for (const ColumnSql& column : columns)
        fmt::format_to(std::back_inserter(list), "{}y.{}", list.empty() ? "" : ", ", column.name);
    return list;
}

std::string select_sql(std::string_view table, const std::vector<ColumnSql>& columns) {
    return fmt::format("select y.seq, {} from {} y", column_list(columns), table);
}

std::string
update_sql(std::string_view table, std::size_t keys, const std::vector<ColumnSql>& columns) {
    std::string assigned = "seq = u.seq", arrays = "$1::bigint[]", names = "seq", matched;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& [name, type] = columns[i];
        fmt::format_to(std::back_inserter(arrays), ", ${}::{}[]", i + 2, type);
        fmt::format_to(std::back_inserter(names), ", {}", name);
        if (i < keys)
            fmt::format_to(
                std::back_inserter(matched), "{}t.{} = u.{}", i > 0 ? " and " : "", name, name
            );
        else
            fmt::format_to(std::back_inserter(assigned), ", {} = u.{}", name, name);
    }
    return fmt::format(
        "update {} t set {} from unnest({}) u({}) where {}", table, assigned, arrays, names, matched
    );
}

void check_updated(std::string_view table, std::size_t rows, std::int64_t there) {
    if (there != static_cast<std::int64_t>(rows))
        throw std::logic_error(
            fmt::format("{} rows of {} were to be updated, {} were there", rows, table, there)
        );
}

}  // namespace duel::projector
