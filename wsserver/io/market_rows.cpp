#include "wsserver/io/reading.hpp"

namespace duel::wsserver::reading {

using platform::Connection;
using platform::Params;

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

}  // namespace duel::wsserver::reading
