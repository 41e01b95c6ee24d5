#include "wsserver/io/read_model.hpp"
#include "wsserver/io/reading.hpp"

namespace duel::wsserver {
namespace {

using platform::Connection;
using platform::Params;
using platform::Row;
using reading::ask;
using reading::kSnapshotMode;
using reading::read_shards;
using reading::seq_of;
using reading::Shards;
using reading::word;

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

EventsPage read_events(Connection& connection, const Ask& asked, std::uint64_t count_limit) {
    platform::Transaction transaction{connection, kSnapshotMode};
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
            ask(connection, "count_" + source.name, sql, params).one().get<std::int64_t>(0)
        );
    }
    source.params.add(static_cast<std::int64_t>(asked.most));
    const auto sql =
        "select * from " + source.where + " and seq > $" + after + " order by seq limit $" + most;
    const auto rows = ask(connection, source.name, sql, source.params);
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

}  // namespace duel::wsserver
