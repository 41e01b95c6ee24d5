#include "wsserver/io/read_model.hpp"
#include "wsserver/io/reading.hpp"

namespace duel::wsserver {

using reading::ask;

std::vector<TokenRow> read_tokens(platform::Connection& connection) {
    std::vector<TokenRow> tokens;
    for (const auto row :
         ask(connection,
             "tokens",
             "select y.symbol, coalesce(t.name, y.symbol) as name, t.decimals::bigint as decimals,"
             " t.image_url, t.supply, p.price, p.change_24h,"
             " coalesce(p.volume_24h, 0) as volume_24h, p.updated_at,"
             " (select k.close from duel.candles k where k.symbol = y.symbol"
             "   and k.\"interval\" = '1m' and k.opened_at < s.now - interval '5 minutes'"
             "   order by k.opened_at desc limit 1) as price_5m_ago,"
             " (select k.close from duel.candles k where k.symbol = y.symbol"
             "   and k.\"interval\" = '1m' and k.opened_at < s.now - interval '60 minutes'"
             "   order by k.opened_at desc limit 1) as price_1h_ago,"
             " coalesce((select sum(k.volume) from duel.candles k where k.symbol = y.symbol"
             "   and k.\"interval\" = '1m' and k.opened_at > s.now - interval '5 minutes'), 0)"
             "   ::numeric(38, 18) as volume_5m"
             " from (select symbol from duel.tokens union select symbol from duel.prices) y"
             " left join duel.tokens t on t.symbol = y.symbol"
             " left join duel.prices p on p.symbol = y.symbol"
             " left join duel.shards s on s.shard = p.shard"
             " order by y.symbol"))
        tokens.push_back(
            {.symbol = row.get<std::string>("symbol"),
             .name = row.get<std::string>("name"),
             .decimals = row.get<std::optional<std::int64_t>>("decimals"),
             .image_url = row.get<std::optional<std::string>>("image_url"),
             .supply = row.get<std::optional<Amount>>("supply"),
             .price = row.get<std::optional<Amount>>("price"),
             .change_24h = row.get<std::optional<Amount>>("change_24h"),
             .volume_24h = row.get<Amount>("volume_24h"),
             .volume_5m = row.get<Amount>("volume_5m"),
             .price_5m_ago = row.get<std::optional<Amount>>("price_5m_ago"),
             .price_1h_ago = row.get<std::optional<Amount>>("price_1h_ago"),
             .at = row.get<std::optional<Timestamp>>("updated_at").value_or(Timestamp{})}
        );
    return tokens;
}

}  // namespace duel::wsserver
