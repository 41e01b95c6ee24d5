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

// Writes what a table lists as changed: known rows by one UPDATE from arrays, erased ones by key,
// few new ones by one INSERT from arrays, many by binary COPY. Compiled for every row type in
// row_writer.cpp.
template <TableRow Row>
struct RowWriter {
    // All but the COPY. The pipeline throws std::logic_error where a row that is known is not
    // there.
    static void send(platform::Pipeline& pipeline, std::int16_t shard, const TableOf<Row>& table);
    // The COPY, where there is one, once the pipeline has ended.
    static void
    copy(platform::Connection& connection, std::int16_t shard, const TableOf<Row>& table);
};

struct ColumnSql;

// Sets all but the first `keys` columns, and seq, from an array of each.
std::string
update_sql(std::string_view table, std::size_t keys, const std::vector<ColumnSql>& columns);
// The shard, then seq and all columns from an array of each.
std::string insert_sql(std::string_view table, const std::vector<ColumnSql>& columns);

}  // namespace duel::projector
