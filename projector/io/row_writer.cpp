#include "projector/io/row_writer.hpp"

#include "projector/io/row_columns.hpp"
#include "projector/rules/rows/history_rows.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/rows/market_rows.hpp"

#include <concepts>
#include <fmt/format.h>

namespace duel::projector {
namespace {

// From so many rows on COPY is cheaper, although it is two round trips of its own.
constexpr std::size_t kCopied = 200;

template <class Row>
using RowPointers = std::vector<const Row*>;

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

// The seq and all columns of the rows, as arrays, after what is in the parameters already.
template <TableRow Row>
void add_arrays(platform::Params& params, const RowPointers<Row>& rows) {
    add_array<Row, std::int64_t>(params, rows, &Row::seq);
    for_each_column<Row>([&](const auto& column) { add_array<Row>(params, rows, column.member); });
}

// Of a loop that reuses it.
platform::Params& empty_params() {
    static thread_local platform::Params params;
    params.clear();
    return params;
}

platform::Pipeline::OnAnswer check_updated(std::string_view table, std::size_t rows) {
    return [table, rows](const platform::Rows& updated) {
        if (updated.affected() != static_cast<std::int64_t>(rows))
            throw std::logic_error(fmt::format(
                "{} rows of {} were to be updated, {} were there", rows, table, updated.affected()
            ));
    };
}

template <TableRow Row>
void update_rows(platform::Pipeline& pipeline, const RowPointers<Row>& rows) {
    if (rows.empty()) return;
    static const std::string sql = update_sql(Row::kTable, Row::kKeys, columns_of<Row>());
    static const std::string name = "update_" + std::string{Row::kTable};
    platform::Params& params = empty_params();
    add_arrays<Row>(params, rows);
    pipeline.exec_prepared(name, sql, params, check_updated(Row::kTable, rows.size()));
}

template <TableRow Row>
void insert_rows(platform::Pipeline& pipeline, std::int16_t shard, const RowPointers<Row>& rows) {
    if (rows.empty()) return;
    static const std::string sql = insert_sql(Row::kTable, columns_of<Row>());
    static const std::string name = "insert_" + std::string{Row::kTable};
    platform::Params& params = empty_params();
    params.add(shard);
    add_arrays<Row>(params, rows);
    pipeline.exec_prepared(name, sql, params);
}

template <TableRow Row>
void copy_rows(platform::Connection& connection, std::int16_t shard, const RowPointers<Row>& rows) {
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

// Deletes rows of a table with one key column.
template <TableRow Row>
void delete_rows(platform::Pipeline& pipeline, const RowPointers<Row>& rows) {
    if (rows.empty()) return;
    if constexpr (Row::kKeys == 1) {
        const auto key = Row::columns([](const auto& first, const auto&...) { return first; });
        static const std::string table{Row::kTable};
        platform::Params& params = empty_params();
        add_array<Row>(params, rows, key.member);
        pipeline.exec_prepared(
            "delete_" + table,
            fmt::format("delete from {} where {} = any($1)", table, key.name),
            params
        );
    } else {
        throw std::logic_error("rows of this table are never deleted");
    }
}

template <TableRow Row>
RowPointers<Row> new_rows(const TableOf<Row>& table) {
    RowPointers<Row> rows;
    if constexpr (std::derived_from<Row, Versioned>) {
        for (const Row* row : table.touched())
            if (!row->stored && !row->erased) rows.push_back(row);
    } else {
        rows.reserve(table.rows().size());
        for (const Row& row : table.rows())
            rows.push_back(&row);
    }
    return rows;
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

std::string insert_sql(std::string_view table, const std::vector<ColumnSql>& columns) {
    std::string arrays = "$2::bigint[]", names = "seq";
    for (std::size_t i = 0; i < columns.size(); ++i) {
        fmt::format_to(std::back_inserter(arrays), ", ${}::{}[]", i + 3, columns[i].type);
        fmt::format_to(std::back_inserter(names), ", {}", columns[i].name);
    }
    return fmt::format(
        "insert into {0} (shard, {1}) select $1::smallint, {1} from unnest({2}) u({1})",
        table,
        names,
        arrays
    );
}

template <TableRow Row>
void RowWriter<Row>::send(
    platform::Pipeline& pipeline,
    std::int16_t shard,
    const TableOf<Row>& table
) {
    if constexpr (std::derived_from<Row, Versioned>) {
        RowPointers<Row> updated, deleted;
        for (const Row* row : table.touched())
            if (row->stored) (row->erased ? deleted : updated).push_back(row);
        delete_rows<Row>(pipeline, deleted);
        update_rows<Row>(pipeline, updated);
    }
    const auto inserted = new_rows<Row>(table);
    if (inserted.size() < kCopied) insert_rows<Row>(pipeline, shard, inserted);
}

template <TableRow Row>
void RowWriter<Row>::copy(
    platform::Connection& connection,
    std::int16_t shard,
    const TableOf<Row>& table
) {
    if (table.size() < kCopied) return;
    const auto inserted = new_rows<Row>(table);
    if (inserted.size() >= kCopied) copy_rows<Row>(connection, shard, inserted);
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
