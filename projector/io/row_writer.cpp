#include "projector/io/row_writer.hpp"

#include "projector/io/row_columns.hpp"
#include "projector/rules/rows/history_rows.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/rows/market_rows.hpp"

#include <concepts>
#include <fmt/format.h>

namespace duel::projector {
namespace {

template <class Row>
using RowPointers = std::vector<const Row*>;

// Sends new rows by COPY.
template <TableRow Row>
void insert_rows(
    platform::Connection& connection,
    std::int16_t shard,
    const RowPointers<Row>& rows
) {
    static thread_local platform::BinaryCopy copy = Row::columns([](const auto&... column) {
        return platform::BinaryCopy{Row::kTable, {"shard", "seq", column.name...}};
    });
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

void check_updated(std::string_view table, std::size_t rows, std::int64_t there) {
    if (there != static_cast<std::int64_t>(rows))
        throw std::logic_error(
            fmt::format("{} rows of {} were to be updated, {} were there", rows, table, there)
        );
}

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
    if constexpr (Row::kKeys == 1) {
        const auto key = Row::columns([](const auto& first, const auto&...) { return first; });
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

}  // namespace

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

template <TableRow Row>
void RowWriter<Row>::write(
    platform::Connection& connection,
    std::int16_t shard,
    const TableOf<Row>& table
) {
    RowPointers<Row> inserted;
    if constexpr (std::derived_from<Row, Versioned>) {
        RowPointers<Row> updated, deleted;
        for (const Row* row : table.touched()) {
            if (row->erased) {
                if (row->stored) deleted.push_back(row);
            } else {
                (row->stored ? updated : inserted).push_back(row);
            }
        }
        delete_rows<Row>(connection, deleted);
        update_rows<Row>(connection, updated);
    } else {
        for (const Row& row : table.rows())
            inserted.push_back(&row);
    }
    insert_rows<Row>(connection, shard, inserted);
}

template struct RowWriter<ContestRow>;
template struct RowWriter<WalletRow>;
template struct RowWriter<SymbolRow>;
template struct RowWriter<PortfolioRow>;
template struct RowWriter<ParticipantRow>;
template struct RowWriter<PositionRow>;
template struct RowWriter<MarkRow>;
template struct RowWriter<LeaderboardRow>;
template struct RowWriter<TradeRow>;
template struct RowWriter<TransferRow>;
template struct RowWriter<MembershipRow>;
template struct RowWriter<FinalMarkRow>;
template struct RowWriter<FinalStandingRow>;
template struct RowWriter<EquityHistoryRow>;
template struct RowWriter<LeaderboardHistoryRow>;
template struct RowWriter<PriceRow>;
template struct RowWriter<CandleRow>;
template struct RowWriter<SentimentRow>;
template struct RowWriter<TokenRow>;

}  // namespace duel::projector
