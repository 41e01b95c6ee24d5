#include "projector/io/row_reader.hpp"

#include "projector/io/row_columns.hpp"
#include "projector/rules/rows/history_rows.hpp"
#include "projector/rules/rows/ledger_rows.hpp"
#include "projector/rules/rows/market_rows.hpp"

#include <concepts>
#include <fmt/format.h>

namespace duel::projector {

template <TableRow Row>
std::string RowReader<Row>::columns() {
    std::string list = "y.seq";
    for (const ColumnSql& column : columns_of<Row>())
        fmt::format_to(std::back_inserter(list), ", y.{}", column.name);
    return list;
}

template <TableRow Row>
std::string RowReader<Row>::select() {
    return fmt::format("select {} from {} y", columns(), Row::kTable);
}

template <TableRow Row>
Row RowReader<Row>::read(const platform::Row& answer) {
    int at = 0;
    Row row;
    row.seq = answer.get<std::int64_t>(at++);
    for_each_column<Row>([&]<class Member>(const Column<Row, Member>& column) {
        row.*column.member = SqlMember<Member>::receive(answer, at++);
    });
    if constexpr (std::derived_from<Row, Versioned>) {
        row.stored = true;
        row.digest = digest_of(row);
    }
    return row;
}

template <TableRow Row>
RowsDigest RowReader<Row>::digest(platform::Connection& connection, std::int16_t shard) {
    RowsDigest sum;
    connection.stream(
        select() + " where y.shard = $1",
        platform::Params{}.add(shard),
        [&](const platform::Row& answer) {
            sum.digest += digest_of(read(answer));
            ++sum.rows;
        }
    );
    return sum;
}

template struct RowReader<ContestRow>;
template struct RowReader<WalletRow>;
template struct RowReader<SymbolRow>;
template struct RowReader<PortfolioRow>;
template struct RowReader<ParticipantRow>;
template struct RowReader<PositionRow>;
template struct RowReader<MarkRow>;
template struct RowReader<LeaderboardRow>;
template struct RowReader<TradeRow>;
template struct RowReader<TransferRow>;
template struct RowReader<MembershipRow>;
template struct RowReader<FinalMarkRow>;
template struct RowReader<FinalStandingRow>;
template struct RowReader<EquityHistoryRow>;
template struct RowReader<LeaderboardHistoryRow>;
template struct RowReader<PriceRow>;
template struct RowReader<CandleRow>;
template struct RowReader<SentimentRow>;
template struct RowReader<TokenRow>;

}  // namespace duel::projector
