// OKX: trades of spot markets.
// https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel
//
// The exchange joins trades of one taker at one price: `count` says how many, and the id is the
// last one's. Sizes of swaps and futures are contracts.

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"

namespace duel::ingest {
namespace {

std::string market_of(std::string_view symbol) {
    return upper(symbol) + "-USDT";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes /*quotes*/) {
    std::string message;
    JsonWriter writer{message};
    writer.begin_object().field("op", "subscribe").key("args").begin_array();
    for (const auto& market : markets)
        writer.begin_object().field("channel", "trades").field("instId", market).end_object();
    writer.end_array().end_object();
    return {message};
}

std::optional<Error> read_trade(const JsonNode& node, FrameReading& out) {
    FrameFields trade{node};
    Observation told;
    told.market = trade.text("instId");
    told.trade_id = trade.whole("tradeId");
    told.price = trade.amount("px");
    told.size = trade.amount("sz");
    told.side = trade.side("side", "buy", "sell");
    told.at = trade.epoch_ms("ts");
    if (trade.has("count")) told.ids = trade.whole("count");
    if (trade.error()) return trade.error();
    out.add(told);
    return std::nullopt;
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    FrameFields fields{frame};
    const auto event = fields.text_if_any("event");
    if (event == "subscribe") out.kind = FrameReading::Kind::acknowledged;
    if (event == "notice") out.kind = FrameReading::Kind::leaving;
    if (event == "error") {
        out.kind = FrameReading::Kind::refused;
        out.reason = fields.text_if_any("msg");
    }
    if (!event.empty()) return std::nullopt;
    FrameFields argument{fields.object("arg")};
    const auto channel = argument.text("channel");
    if (fields.error()) return fields.error();
    if (argument.error()) return argument.error();
    if (channel != "trades") return std::nullopt;
    const auto& data = fields.list("data");
    if (fields.error()) return fields.error();
    for (const auto* node = data.first(); node != data.end(); node = node->next())
        if (auto error = read_trade(*node, out)) return error;
    return std::nullopt;
}

}  // namespace

Exchange okx() {
    return {
        .name = "okx",
        .url = "wss://ws.okx.com:8443/ws/v5/public",
        .market_of = market_of,
        .subscribe = subscribe,
        .read = read,
        .question = "ping",
        .answer = "pong"};
}

}  // namespace duel::ingest
