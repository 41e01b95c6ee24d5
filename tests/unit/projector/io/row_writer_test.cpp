#include "projector/io/row_writer.hpp"

#include "projector/io/row_columns.hpp"
#include "projector/io/row_reader.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/rows/market_rows.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

TEST_CASE("known rows are updated by key from arrays of their columns' types", "[sql]") {
    REQUIRE(
        update_sql("positions", PositionRow::kKeys, columns_of<PositionRow>()) ==
        "update positions t set seq = u.seq, quantity = u.quantity, cost = u.cost, "
        "realized_pnl = u.realized_pnl from unnest($1::bigint[], $2::bigint[], $3::bigint[], "
        "$4::numeric[], $5::numeric[], $6::numeric[]) "
        "u(seq, portfolio_no, symbol_no, quantity, cost, realized_pnl) "
        "where t.portfolio_no = u.portfolio_no and t.symbol_no = u.symbol_no"
    );
}

TEST_CASE("rows are read back in the order of their columns, seq first", "[sql]") {
    REQUIRE(
        RowReader<MarkRow>::select() ==
        "select y.seq, y.symbol_no, y.at, y.from_tick, y.price from marks y"
    );
}

TEST_CASE("words travel as text, optional members as their type", "[sql]") {
    REQUIRE(SqlMember<Interval>::type() == "text");
    REQUIRE(SqlMember<Interval>::send(Interval::h4) == "4h");
    REQUIRE(SqlMember<std::optional<Timestamp>>::type() == "timestamptz");
    REQUIRE(SqlMember<std::optional<std::int32_t>>::type() == "int");
    REQUIRE(SqlMember<bool>::type() == "boolean");
}

}  // namespace
}  // namespace duel::projector
