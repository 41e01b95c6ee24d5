#include "wsserver/io/read_model.hpp"

#include <algorithm>
#include <map>

namespace duel::wsserver {
namespace {

using platform::Connection;
using platform::Format;
using platform::Params;
using platform::Row;
using platform::Rows;
using platform::Transaction;

constexpr auto* kMode = "isolation level repeatable read read only";

// Where the shards stood when the transaction began.
struct Shards {
    struct Place {
        std::uint64_t seq = 0;
        Timestamp now;
    };
    std::string epoch;
    std::map<std::string, Place> places;

    const Place& at(const std::string& shard) const {
        static const Place kNowhere;
        const auto found = places.find(shard);
        return found == places.end() ? kNowhere : found->second;
    }
};

Rows ask(Connection& connection, const char* name, const char* sql, const Params& params = {}) {
    connection.prepare(name, sql);
    return connection.exec_prepared(name, params, Format::binary);
}

Shards read_shards(Connection& connection) {
    Shards shards;
    for (const auto row :
         ask(connection, "shards", "select shard, epoch, seq, now from duel.shards")) {
        shards.epoch = row.get<std::string>("epoch");
        shards.places[row.get<std::string>("shard")] = {
            static_cast<std::uint64_t>(row.get<std::int64_t>("seq")),
            row.get<std::optional<Timestamp>>("now").value_or(Timestamp{})};
    }
    return shards;
}

std::uint64_t seq_of(const Row& row, const char* column) {
    return static_cast<std::uint64_t>(row.get<std::int64_t>(column));
}

template <class E>
E word(const Row& row, const char* column) {
    return from_text<E>(row.get<std::string_view>(column)).value();
}

feed::LeaderboardRow leaderboard_row(const Row& row) {
    return {
        .rank = row.get<std::int64_t>("rank"),
        .wallet_address = row.get<std::string>("wallet_address"),
        .username = row.get<std::optional<std::string>>("username").value_or(""),
        .portfolio_value = row.get<std::optional<Amount>>("portfolio_value"),
        .performance = row.get<std::optional<Amount>>("performance").value_or(Amount{}),
        .last_trade_time = row.get<std::optional<Timestamp>>("last_trade_time")};
}

void read_contest(
    Connection& connection,
    const std::string& contest_id,
    const Shards& shards,
    Snapshot& snapshot
) {
    const auto contests = ask(
        connection,
        "contest",
        "select c.name, c.status, c.rounds, c.current_round, c.total_participants, c.prize_pool,"
        " c.starts_at, c.ends_at, c.shard, w.last_event_seq"
        " from duel.contests c join duel_wire.contests w using (contest_id) where contest_id = $1",
        Params{}.add(contest_id)
    );
    if (contests.empty()) return;
    const auto row = contests.one();
    const auto& place = shards.at(row.get<std::string>("shard"));
    snapshot.seq = place.seq;
    snapshot.last_event_seq = seq_of(row, "last_event_seq");

    ContestRows found;
    found.contest = {
        .contest_id = contest_id,
        .name = row.get<std::string>("name"),
        .status = word<ContestStatus>(row, "status"),
        .rounds = row.get<std::optional<std::int64_t>>("rounds"),
        .current_round = row.get<std::optional<std::int64_t>>("current_round"),
        .total_participants = row.get<std::int64_t>("total_participants"),
        .prize_pool = row.get<Amount>("prize_pool"),
        .starts_at = row.get<Timestamp>("starts_at"),
        .ends_at = row.get<Timestamp>("ends_at"),
        .now = place.now};
    for (const auto ranked :
         ask(connection,
             "leaderboard",
             "select rank, wallet_address, username, portfolio_value, performance,"
             " last_trade_time, ranked_at from duel.leaderboard where contest_id = $1",
             Params{}.add(contest_id))) {
        found.leaderboard.push_back(leaderboard_row(ranked));
        found.ranked_at = std::max(found.ranked_at, ranked.get<Timestamp>("ranked_at"));
    }
    if (found.leaderboard.empty()) found.ranked_at = place.now;
    snapshot.rows = std::move(found);
}

void read_portfolio(
    Connection& connection,
    const Channel& channel,
    const Shards& shards,
    Snapshot& snapshot
) {
    const bool is_main = channel.name.empty();
    PortfolioRows found;
    found.portfolio.wallet_address = channel.wallet;
    if (!is_main) {
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
    const auto portfolios = is_main ? ask(connection,
                                          "main_portfolio",
                                          "select * from duel_wire.portfolios"
                                          " where wallet_address = $1 and contest_id is null",
                                          Params{}.add(channel.wallet))
                                    : ask(connection,
                                          "portfolio",
                                          "select * from duel_wire.portfolios"
                                          " where wallet_address = $1 and contest_id = $2",
                                          Params{}.add(channel.wallet).add(channel.name));
    for (const auto row : portfolios) {
        snapshot.seq = shards.at(row.get<std::string>("shard")).seq;
        snapshot.last_event_seq = seq_of(row, "last_event_seq");
        found.portfolio.cash = row.get<Amount>("cash");
        found.portfolio.put_in = row.get<Amount>("put_in");
        found.portfolio.realized_pnl = row.get<Amount>("realized_pnl");
        found.portfolio.fees = row.get<Amount>("fees");
        found.portfolio.last_trade_at = row.get<std::optional<Timestamp>>("last_trade_at");
        const auto equity = row.get<std::optional<Amount>>("baseline_equity");
        const auto put_in = row.get<std::optional<Amount>>("baseline_put_in");
        if (equity && put_in) found.baseline = Baseline{*equity, *put_in};
    }
    const auto positions =
        is_main ? ask(connection,
                      "main_positions",
                      "select symbol, quantity, cost, mark_price, name from duel.positions"
                      " left join duel.tokens using (symbol)"
                      " where wallet_address = $1 and contest_id is null and quantity <> 0",
                      Params{}.add(channel.wallet))
                : ask(connection,
                      "positions",
                      "select symbol, quantity, cost, mark_price, name from duel.positions"
                      " left join duel.tokens using (symbol)"
                      " where wallet_address = $1 and contest_id = $2 and quantity <> 0",
                      Params{}.add(channel.wallet).add(channel.name));
    for (const auto row : positions) {
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

void read_market(
    Connection& connection,
    const std::string& symbol,
    const Shards& shards,
    Snapshot& snapshot
) {
    MarketRows found;
    const auto params = Params{}.add(symbol);
    for (const auto row :
         ask(connection,
             "price",
             "select price, change_24h, coalesce(volume_24h, 0) as volume_24h,"
             " coalesce(high_24h, price) as high_24h, coalesce(low_24h, price) as low_24h,"
             " updated_at, shard from duel.prices where symbol = $1",
             params)) {
        snapshot.seq = shards.at(row.get<std::string>("shard")).seq;
        found.price = feed::Price{
            .symbol = symbol,
            .price = row.get<Amount>("price"),
            .change_24h = row.get<std::optional<Amount>>("change_24h"),
            .volume_24h = row.get<Amount>("volume_24h"),
            .high_24h = row.get<Amount>("high_24h"),
            .low_24h = row.get<Amount>("low_24h"),
            .at = row.get<Timestamp>("updated_at")};
    }
    for (const auto row :
         ask(connection,
             "candles",
             "select k.* from unnest(array['1m', '5m', '15m', '1h', '4h', '1d']) i"
             " cross join lateral (select \"interval\", opened_at, open, high, low, close, volume,"
             " buy_volume, sell_volume, trades_count from duel.candles"
             " where symbol = $1 and \"interval\" = i order by opened_at desc limit 1) k",
             params))
        found.volumes.push_back(
            {.symbol = symbol,
             .interval = row.get<std::string>("interval"),
             .opened_at = row.get<Timestamp>("opened_at"),
             .open = row.get<Amount>("open"),
             .high = row.get<Amount>("high"),
             .low = row.get<Amount>("low"),
             .close = row.get<Amount>("close"),
             .volume = row.get<Amount>("volume"),
             .buy_volume = row.get<Amount>("buy_volume"),
             .sell_volume = row.get<Amount>("sell_volume"),
             .trades_count = row.get<std::int64_t>("trades_count")}
        );
    for (const auto row :
         ask(connection,
             "sentiment",
             "select sentiment_score, buy_pressure, sell_pressure, volume_trend, updated_at"
             " from duel.market_sentiment where symbol = $1",
             params))
        found.sentiment = feed::Sentiment{
            .symbol = symbol,
            .sentiment_score = row.get<Amount>("sentiment_score"),
            .buy_pressure = row.get<Amount>("buy_pressure"),
            .sell_pressure = row.get<Amount>("sell_pressure"),
            .volume_trend = word<VolumeTrend>(row, "volume_trend"),
            .at = row.get<Timestamp>("updated_at")};
    for (const auto row :
         ask(connection, "token", "select name from duel.tokens where symbol = $1", params))
        found.name = row.get<std::string>("name");
    snapshot.rows = std::move(found);
}

feed::Activity activity_of(const Row& row, const std::string& contest_id) {
    feed::Activity activity{
        .contest_id = contest_id,
        .wallet_address = row.get<std::string>("wallet_address"),
        .username = row.get<std::optional<std::string>>("username").value_or(""),
        .activity_type = word<ActivityType>(row, "activity_type"),
        .symbol = row.get<std::optional<std::string>>("symbol"),
        .amount = row.get<std::optional<Amount>>("amount"),
        .price = row.get<std::optional<Amount>>("price"),
        .at = row.get<Timestamp>("at")};
    if (activity.symbol) activity.side = word<Side>(row, "side");
    return activity;
}

feed::Trade trade_of(const Row& row, const Channel& channel) {
    feed::Trade trade{
        .trade_id = row.get<std::string>("trade_id"),
        .wallet_address = channel.wallet,
        .symbol = row.get<std::string>("symbol"),
        .side = word<Side>(row, "side"),
        .amount = row.get<Amount>("amount"),
        .price = row.get<Amount>("price"),
        .fee = row.get<Amount>("fee"),
        .realized_pnl = row.get<Amount>("realized_pnl"),
        .at = row.get<Timestamp>("traded_at")};
    if (!channel.name.empty()) trade.contest_id = channel.name;
    return trade;
}

// How the event messages of one kind of channel are found: FROM and WHERE with $1, and $2 where the
// channel has two names, and the columns that make a message.
struct EventSource {
    std::string name;
    std::string where;
    Params params;
};

EventSource source_of(const Channel& channel) {
    if (channel.kind == Channel::Kind::contest)
        return {"activity", "duel_wire.activity where contest_id = $1", Params{}.add(channel.name)};
    if (channel.name.empty())
        return {
            "main_trades",
            "duel_wire.trades where wallet_address = $1 and contest_id is null",
            Params{}.add(channel.wallet)};
    return {
        "trades",
        "duel_wire.trades where wallet_address = $1 and contest_id = $2",
        Params{}.add(channel.wallet).add(channel.name)};
}

std::uint64_t seq_of_channel(Connection& connection, const Channel& channel, const Shards& shards) {
    const auto homes = channel.kind == Channel::Kind::portfolio && channel.name.empty()
                           ? ask(connection,
                                 "home_of_wallet",
                                 "select shard from duel_wire.portfolios"
                                 " where wallet_address = $1 and contest_id is null",
                                 Params{}.add(channel.wallet))
                           : ask(connection,
                                 "home_of_events",
                                 "select shard from duel_wire.contests where contest_id = $1",
                                 Params{}.add(channel.name));
    return homes.empty() ? 0 : shards.at(homes.one().get<std::string>("shard")).seq;
}

}  // namespace

std::string read_epoch(Connection& connection) {
    return read_shards(connection).epoch;
}

Snapshot read_snapshot(Connection& connection, const Channel& channel) {
    Transaction transaction{connection, kMode};
    const auto shards = read_shards(connection);
    Snapshot snapshot{.epoch = shards.epoch};
    switch (channel.kind) {
        case Channel::Kind::market:
            read_market(connection, channel.name, shards, snapshot);
            break;
        case Channel::Kind::contest:
            read_contest(connection, channel.name, shards, snapshot);
            break;
        case Channel::Kind::portfolio:
            read_portfolio(connection, channel, shards, snapshot);
            break;
    }
    transaction.commit();
    return snapshot;
}

EventsPage read_events(Connection& connection, const Ask& asked, std::uint64_t count_limit) {
    Transaction transaction{connection, kMode};
    const auto shards = read_shards(connection);
    EventsPage page{
        .epoch = shards.epoch,
        .seq = seq_of_channel(connection, asked.channel, shards),
        .after = asked.after};
    auto source = source_of(asked.channel);
    const auto after = std::to_string(source.params.size() + 1);
    const auto most = std::to_string(source.params.size() + 2);
    source.params.add(static_cast<std::int64_t>(asked.after));

    if (asked.count) {
        auto params = source.params;
        params.add(static_cast<std::int64_t>(count_limit + 1));
        const auto sql = "select count(*) from (select 1 from " + source.where + " and seq > $" +
                         after + " limit $" + most + ") missed";
        page.missed = static_cast<std::uint64_t>(
            ask(connection, ("count_" + source.name).c_str(), sql.c_str(), params)
                .one()
                .get<std::int64_t>(0)
        );
    }
    source.params.add(static_cast<std::int64_t>(asked.most));
    const auto sql =
        "select * from " + source.where + " and seq > $" + after + " order by seq limit $" + most;
    const auto rows = ask(connection, source.name.c_str(), sql.c_str(), source.params);
    for (const auto row : rows) {
        feed::Record record;
        record.head = {
            .channel = asked.channel.key(),
            .epoch = page.epoch,
            .shard = {},
            .seq = seq_of(row, "seq"),
            .prev_seq = seq_of(row, "prev_seq")};
        if (asked.channel.kind == Channel::Kind::contest)
            record.body = activity_of(row, asked.channel.name);
        else
            record.body = trade_of(row, asked.channel);
        page.events.push_back(std::move(record));
    }
    page.is_last = page.events.size() < asked.most;
    transaction.commit();
    return page;
}

std::vector<std::string> read_contests_of(Connection& connection, const std::string& wallet) {
    std::vector<std::string> contest_ids;
    for (const auto row :
         ask(connection,
             "contests_of",
             "select contest_id from duel_wire.portfolios"
             " where wallet_address = $1 and contest_id is not null",
             Params{}.add(wallet)))
        contest_ids.push_back(row.get<std::string>("contest_id"));
    return contest_ids;
}

}  // namespace duel::wsserver
