#include "wsserver/io/read_model.hpp"
#include "wsserver/io/reading.hpp"

namespace duel::wsserver::reading {
namespace {

using platform::Connection;
using platform::Params;
using platform::Row;
using platform::Rows;

Rows ask_portfolio(Connection& connection, const Channel& channel) {
    const std::string sql = "select * from duel_wire.portfolios where wallet_address = $1";
    if (channel.name.empty())
        return ask(
            connection,
            "main_portfolio",
            sql + " and contest_id is null",
            Params{}.add(channel.wallet)
        );
    return ask(
        connection,
        "portfolio",
        sql + " and contest_id = $2",
        Params{}.add(channel.wallet).add(channel.name)
    );
}

Rows ask_positions(Connection& connection, const Channel& channel) {
    const std::string sql =
        "select symbol, quantity, cost, mark_price, name from duel.positions"
        " left join duel.tokens using (symbol)"
        " where quantity <> 0 and wallet_address = $1";
    if (channel.name.empty())
        return ask(
            connection,
            "main_positions",
            sql + " and contest_id is null",
            Params{}.add(channel.wallet)
        );
    return ask(
        connection,
        "positions",
        sql + " and contest_id = $2",
        Params{}.add(channel.wallet).add(channel.name)
    );
}

std::optional<Baseline> baseline_of(const Row& row) {
    const auto equity = row.get<std::optional<Amount>>("baseline_equity");
    const auto put_in = row.get<std::optional<Amount>>("baseline_put_in");
    if (!equity || !put_in) return {};
    return Baseline{*equity, *put_in};
}

}  // namespace

void read_portfolio(
    Connection& connection,
    const Channel& channel,
    const Shards& shards,
    Snapshot& snapshot
) {
    PortfolioRows found;
    found.portfolio.wallet_address = channel.wallet;
    if (!channel.name.empty()) {
        found.portfolio.contest_id = channel.name;
        const auto contests =
            ask(connection,
                "home_of_contest",
                "select shard, ended_at is not null as is_final from duel_wire.contests"
                " where contest_id = $1",
                Params{}.add(channel.name));
        if (contests.empty()) return;
        snapshot.seq = shards.at(contests.one().get<std::string>("shard")).seq;
        found.is_final = contests.one().get<bool>("is_final");
    }
    for (const auto row : ask_portfolio(connection, channel)) {
        snapshot.seq = shards.at(row.get<std::string>("shard")).seq;
        snapshot.last_event_seq = seq_of(row, "last_event_seq");
        found.portfolio.cash = row.get<Amount>("cash");
        found.portfolio.put_in = row.get<Amount>("put_in");
        found.portfolio.realized_pnl = row.get<Amount>("realized_pnl");
        found.portfolio.fees = row.get<Amount>("fees");
        found.portfolio.last_trade_at = row.get<std::optional<Timestamp>>("last_trade_at");
        found.baseline = baseline_of(row);
    }
    for (const auto row : ask_positions(connection, channel)) {
        const auto symbol = row.get<std::string>("symbol");
        if (auto name = row.get<std::optional<std::string>>("name"))
            found.names[symbol] = std::move(*name);
        found.portfolio.positions.push_back(
            {.symbol = symbol,
             .quantity = row.get<Amount>("quantity"),
             .cost = row.get<Amount>("cost"),
             .mark = row.get<std::optional<Amount>>("mark_price").value_or(Amount{})}
        );
    }
    snapshot.rows = std::move(found);
}

}  // namespace duel::wsserver::reading

namespace duel::wsserver {

std::optional<Baseline> read_baseline(platform::Connection& connection, const Channel& portfolio) {
    for (const auto row : reading::ask_portfolio(connection, portfolio))
        return reading::baseline_of(row);
    return {};
}

}  // namespace duel::wsserver
