#pragma once

#include "core/words.hpp"
#include "platform/postgres.hpp"
#include "projector/rules/table.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <optional>
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

// "a, b, c" with something before each.
template <TableRow Row>
std::string column_list(std::string_view before = {}) {
    std::string list;
    for_each_column<Row>([&](const auto& column) {
        fmt::format_to(
            std::back_inserter(list), "{}{}{}", list.empty() ? "" : ", ", before, column.name
        );
    });
    return list;
}

// "select seq, a, b from t y", to be read with read_row().
template <TableRow Row>
std::string select_sql() {
    return fmt::format("select y.seq, {} from {} y", column_list<Row>("y."), Row::kTable);
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

template <TableRow Row>
std::string update_sql() {
    std::string assigned = "seq = u.seq", arrays = "$1::bigint[]", names = "seq", keys;
    std::size_t i = 0;
    const auto add = [&]<class Member>(const Column<Row, Member>& column) {
        fmt::format_to(std::back_inserter(arrays), ", ${}::{}[]", i + 2, SqlMember<Member>::type());
        fmt::format_to(std::back_inserter(names), ", {}", column.name);
        if (i < Row::kKeys)
            fmt::format_to(
                std::back_inserter(keys),
                "{}t.{} = u.{}",
                i > 0 ? " and " : "",
                column.name,
                column.name
            );
        else
            fmt::format_to(std::back_inserter(assigned), ", {} = u.{}", column.name, column.name);
        ++i;
    };
    for_each_column<Row>(add);
    return fmt::format(
        "update {} t set {} from unnest({}) u({}) where {}",
        Row::kTable,
        assigned,
        arrays,
        names,
        keys
    );
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

// Updates rows that Postgres has. Throws std::logic_error where one of them is not there.
template <TableRow Row>
void update_rows(platform::Connection& connection, const RowPointers<Row>& rows) {
    if (rows.empty()) return;
    static const std::string sql = update_sql<Row>();
    static const std::string name = fmt::format("update_{}", Row::kTable);
    static thread_local platform::Params params;
    params.clear();
    add_array<Row, std::int64_t>(params, rows, &Row::seq);
    for_each_column<Row>([&](const auto& column) { add_array<Row>(params, rows, column.member); });
    connection.prepare(name, sql);
    const auto affected = connection.exec_prepared(name, params).affected();
    if (affected != static_cast<std::int64_t>(rows.size()))
        throw std::logic_error(fmt::format(
            "{} rows of {} were to be updated, {} were there", rows.size(), Row::kTable, affected
        ));
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
            fmt::format("delete from {} where {} = any($1)", Row::kTable, key.name), params
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
