#pragma once

#include "core/words.hpp"
#include "platform/postgres.hpp"
#include "projector/rules/table.hpp"

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

// The SQL of a row type, made from its list of columns: binary COPY for new rows, one UPDATE from
// arrays for known ones, DELETE by key, SELECT to read back. Every row type goes through here.
namespace duel::projector {

// How a member is named in SQL and handed to libpq: words of an enum as text, the rest as it is.
template <class T>
struct SqlMember {
    static constexpr std::string_view type() {
        using platform::WireTypeOf;
        switch (WireTypeOf<T>::kOid) {
            case platform::wire::kInt2:
                return "smallint";
            case platform::wire::kInt4:
                return "int";
            case platform::wire::kInt8:
                return "bigint";
            case platform::wire::kBool:
                return "boolean";
            case platform::wire::kNumeric:
                return "numeric";
            case platform::wire::kTimestamptz:
                return "timestamptz";
            default:
                return "text";
        }
    }
    static const T& send(const T& value) { return value; }
    static T receive(const platform::Row& row, int column) { return row.get<T>(column); }
};

template <Word E>
struct SqlMember<E> {
    static constexpr std::string_view type() { return "text"; }
    static std::string_view send(E word) { return text(word); }
    static E receive(const platform::Row& row, int column) {
        const auto word = from_text<E>(row.get<std::string_view>(column));
        if (!word)
            throw std::logic_error(
                "unknown word in the read model: " + row.get<std::string>(column)
            );
        return *word;
    }
};

// visit(column) for every column of the row type, in order.
template <TableRow Row, class Visit>
void for_each_column(Visit&& visit) {
    std::apply([&](const auto&... column) { (visit(column), ...); }, Row::columns());
}

// A column as SQL needs it. What is made of them is compiled once, not for every row type.
struct ColumnSql {
    std::string_view name;
    std::string_view type;
};

template <TableRow Row>
std::vector<ColumnSql> columns_of() {
    std::vector<ColumnSql> columns;
    for_each_column<Row>([&]<class Member>(const Column<Row, Member>& column) {
        columns.push_back({column.name, SqlMember<Member>::type()});
    });
    return columns;
}

// "y.a, y.b, y.c", the table's name here being y.
std::string column_list(const std::vector<ColumnSql>& columns);
// "select y.seq, y.a, y.b from t y", to be read with read_row().
std::string select_sql(std::string_view table, const std::vector<ColumnSql>& columns);
// Sets all but the first `keys` columns, and seq, from an array of each.
std::string
update_sql(std::string_view table, std::size_t keys, const std::vector<ColumnSql>& columns);

template <TableRow Row>
std::string select_sql() {
    return select_sql(Row::kTable, columns_of<Row>());
}

// A row of such an answer; `at` is the column where it begins.
template <TableRow Row>
Row read_row(const platform::Row& answer, int at = 0) {
    Row row;
    row.seq = answer.get<std::int64_t>(at++);
    const auto read = [&]<class Member>(const Column<Row, Member>& column) {
        row.*column.member = SqlMember<Member>::receive(answer, at++);
    };
    for_each_column<Row>(read);
    if constexpr (requires { row.stored; }) {
        row.stored = true;
        row.digest = digest_of(row);
    }
    return row;
}

template <class Row>
using RowPointers = std::vector<const Row*>;

// Sends new rows by COPY.
template <TableRow Row>
void insert_rows(
    platform::Connection& connection,
    std::int16_t shard,
    const RowPointers<Row>& rows
) {
    static thread_local platform::BinaryCopy copy = std::apply(
        [](const auto&... column) {
            return platform::BinaryCopy{Row::kTable, {"shard", "seq", column.name...}};
        },
        Row::columns()
    );
    copy.clear();
    for (const Row* row : rows) {
        copy.begin_row();
        copy.put(shard);
        copy.put(row->seq);
        const auto put = [&]<class Member>(const Column<Row, Member>& column) {
            copy.put(SqlMember<Member>::send(row->*column.member));
        };
        for_each_column<Row>(put);
    }
    connection.copy(copy);
}

// One member of all rows as an array. By type, not by column: there are ten types and a hundred
// columns to compile.
template <TableRow Row, class Member>
void add_array(platform::Params& params, const RowPointers<Row>& rows, Member Row::*member) {
    using Sent = std::decay_t<decltype(SqlMember<Member>::send(rows[0]->*member))>;
    using Value = std::conditional_t<std::is_same_v<Sent, std::string>, std::string_view, Sent>;
    std::vector<Value> values;
    values.reserve(rows.size());
    for (const Row* row : rows)
        values.push_back(SqlMember<Member>::send(row->*member));
    params.add_array(values);
}

// Throws std::logic_error where not all rows that were to be updated were there.
void check_updated(std::string_view table, std::size_t rows, std::int64_t there);

// Updates rows that Postgres has. Throws std::logic_error where one of them is not there.
template <TableRow Row>
void update_rows(platform::Connection& connection, const RowPointers<Row>& rows) {
    if (rows.empty()) return;
    static const std::string sql = update_sql(Row::kTable, Row::kKeys, columns_of<Row>());
    static const std::string name = "update_" + std::string{Row::kTable};
    static thread_local platform::Params params;
    params.clear();
    add_array<Row, std::int64_t>(params, rows, &Row::seq);
    for_each_column<Row>([&](const auto& column) { add_array<Row>(params, rows, column.member); });
    connection.prepare(name, sql);
    check_updated(Row::kTable, rows.size(), connection.exec_prepared(name, params).affected());
}

// Deletes rows of a table with one key column.
template <TableRow Row>
void delete_rows(platform::Connection& connection, const RowPointers<Row>& rows) {
    if (rows.empty()) return;
    static_assert(Row::kKeys <= 3);
    if constexpr (Row::kKeys == 1) {
        const auto key = std::get<0>(Row::columns());
        platform::Params params;
        add_array<Row>(params, rows, key.member);
        connection.exec(
            "delete from " + std::string{Row::kTable} + " where " + std::string{key.name} +
                " = any($1)",
            params
        );
    } else {
        throw std::logic_error("rows of this table are never deleted");
    }
}

template <TableRow Row>
void write_table(platform::Connection& connection, std::int16_t shard, const Table<Row>& table) {
    RowPointers<Row> inserted, updated, deleted;
    for (const Row* row : table.touched()) {
        if (row->erased) {
            if (row->stored) deleted.push_back(row);
        } else {
            (row->stored ? updated : inserted).push_back(row);
        }
    }
    delete_rows<Row>(connection, deleted);
    update_rows<Row>(connection, updated);
    insert_rows<Row>(connection, shard, inserted);
}

template <TableRow Row>
void write_table(platform::Connection& connection, std::int16_t shard, const Append<Row>& table) {
    RowPointers<Row> inserted;
    for (const Row& row : table.rows())
        inserted.push_back(&row);
    insert_rows<Row>(connection, shard, inserted);
}

}  // namespace duel::projector
