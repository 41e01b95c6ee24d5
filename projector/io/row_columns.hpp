#pragma once

#include "core/words.hpp"
#include "platform/postgres.hpp"
#include "projector/rules/table.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// How the columns of a row type are spelled in SQL and travel to Postgres and back.
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
    Row::columns([&](const auto&... column) { (visit(column), ...); });
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

}  // namespace duel::projector
