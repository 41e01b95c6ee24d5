#pragma once

#include "platform/postgres.hpp"
#include "projector/rules/table.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace duel::projector {

template <TableRow Row>
using TableOf = std::conditional_t<std::derived_from<Row, Versioned>, Table<Row>, Append<Row>>;

// Writes what a table lists as changed: new rows by binary COPY, known ones by one UPDATE from
// arrays, erased ones by key. Compiled for every row type in row_writer.cpp.
template <TableRow Row>
struct RowWriter {
    // Throws std::logic_error where a row that is known is not there.
    static void
    write(platform::Connection& connection, std::int16_t shard, const TableOf<Row>& table);
};

struct ColumnSql;

// Sets all but the first `keys` columns, and seq, from an array of each.
std::string
update_sql(std::string_view table, std::size_t keys, const std::vector<ColumnSql>& columns);

}  // namespace duel::projector
