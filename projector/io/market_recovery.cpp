#include "projector/io/reading.hpp"
#include "projector/io/recovery.hpp"

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;

void read_candles(Connection& connection, MarketSymbol& symbol, Timestamp start) {
    for (std::size_t i = 0; i < kIntervals; ++i) {
        const auto interval = static_cast<Interval>(i);
        const Timestamp oldest = opening_of(interval, start);
        read_all<CandleRow>(
            connection,
            " where y.symbol_no = $1 and y.\"interval\" = $2 and y.opened_at >= $3"
            " order by y.opened_at",
            Params{}.add(symbol.row.symbol_no).add(text(interval)).add(oldest),
            [&](const CandleRow& row) { symbol.add(row); }
        );
    }
    const auto edge = [&](std::string_view condition_and_order) -> std::optional<CandleRow> {
        const auto found = connection.exec(
            RowReader<CandleRow>::select() + " where y.symbol_no = $1 and y.\"interval\" = '1m'" +
                std::string{condition_and_order} + " limit 1",
            Params{}.add(symbol.row.symbol_no).add(start)
        );
        if (found.empty()) return std::nullopt;
        return RowReader<CandleRow>::read(found.one());
    };
    if (const auto before = edge(" and y.opened_at < $2 order by y.opened_at desc"))
        symbol.before = Observation{before->last_at, before->close};
    if (const auto first = edge(" and $2 is not null order by y.opened_at"))
        symbol.first = Observation{first->first_at, first->open};
}

std::unique_ptr<MarketState>
read_market(Connection& connection, const ShardId& shard, const ShardPosition& position) {
    auto state = std::make_unique<MarketState>(shard.number());
    Market& market = state->book;
    state->seq = position.seq;
    state->pace = position.pace;
    market.now = position.now;
    market.numbering = Numbering{shard.number(), position.next_no};

    const Params mine = Params{}.add(shard.number());
    const std::string_view rest = " where y.shard = $1";
    const auto is_untold = [&](const Versioned& row) { return row.seq >= position.published_seq; };
    read_all<SymbolRow>(
        connection,
        " where y.shard = $1 order by y.symbol_no",
        mine,
        [&](SymbolRow row) { market.add(std::move(row)).at_home = true; }
    );
    read_all<PriceRow>(connection, rest, mine, [&](PriceRow row) {
        MarketSymbol& symbol = *market.find(row.symbol_no);
        row.owner = &symbol;
        symbol.price = row;
        symbol.priced = true;
        if (is_untold(row)) state->get<PriceProjection>().prices.tell(symbol.price);
    });
    read_all<SentimentRow>(connection, rest, mine, [&](SentimentRow row) {
        MarketSymbol& symbol = *market.find(row.symbol_no);
        row.owner = &symbol;
        symbol.sentiment = row;
        symbol.sized = true;
        if (is_untold(row)) state->get<SentimentProjection>().sentiment.tell(symbol.sentiment);
    });
    read_all<TokenRow>(connection, rest, mine, [&](const TokenRow& row) {
        market.find(row.symbol_no)->token = row;
    });
    if (!market.now) return state;

    CandleProjection& candles = state->get<CandleProjection>();
    for (MarketSymbol& symbol : market.symbols) {
        read_candles(connection, symbol, *market.window_start());
        symbol.sums = window_sums(symbol.minutes(), minute_of(*market.now));
        for (const CandleRow* newest : symbol.newest)
            if (newest != nullptr && newest->ends_at() <= *market.now) candles.closed.add(*newest);
        for (auto& kept : symbol.candles)
            for (auto& [opened_at, candle] : kept)
                if (is_untold(candle)) candles.candles.tell(candle);
    }
    return state;
}

}  // namespace

std::unique_ptr<MarketState>
recover_market(Connection& connection, const ShardId& shard, const ShardPosition& position) {
    Reading reading{connection};
    auto state = read_market(connection, shard, position);
    reading.end();
    return state;
}

}  // namespace duel::projector
