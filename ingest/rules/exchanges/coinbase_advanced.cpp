// Coinbase Advanced Trade: market_trades, ticker, heartbeats.
//
// https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels. All
// messages of a connection are numbered in one row.

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"

#include <algorithm>

namespace duel::ingest {
namespace {

std::string market_of(std::string_view symbol) {
    return upper(symbol) + "-USD";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes quotes) {
    std::vector<std::string> channels{"heartbeats", "market_trades"};
    if (quotes == Quotes::wanted) channels.emplace_back("ticker");
    std::vector<std::string> messages;
    for (const auto& channel : channels) {
        JsonWriter writer{messages.emplace_back()};
        writer.begin_object().field("type", "subscribe");
        if (channel != "heartbeats") write_list(writer.key("product_ids"), markets);
        writer.field("channel", channel).end_object();
    }
    return messages;
}

std::optional<Error> read_trades(const JsonNode& event, FrameReading& out) {
    FrameFields fields{event};
    const bool is_past = fields.text_if_any("type") == "snapshot";
    const auto& trades = fields.list("trades");
    if (fields.error()) return fields.error();
    const auto before = static_cast<std::ptrdiff_t>(out.observations.size());
    for (const auto* node = trades.first(); node != trades.end(); node = node->next()) {
        FrameFields trade{*node};
        Observation told;
        told.is_past = is_past;
        told.trade_id = trade.whole("trade_id");
        told.market = trade.text("product_id");
        told.price = trade.amount("price");
        told.size = trade.amount("size");
        told.side = trade.side("side", "BUY", "SELL");
        told.at = trade.iso("time");
        if (trade.error()) return trade.error();
        out.add(told);
    }
    std::reverse(out.observations.begin() + before, out.observations.end());  // the newest is first
    return std::nullopt;
}

std::optional<Error>
read_tickers(const JsonNode& event, std::optional<Timestamp> at, FrameReading& out) {
    FrameFields fields{event};
    const auto& tickers = fields.list("tickers");
    if (fields.error()) return fields.error();
    for (const auto* node = tickers.first(); node != tickers.end(); node = node->next()) {
        FrameFields ticker{*node};
        Observation told;
        told.market = ticker.text("product_id");
        told.price = ticker.amount("price");
        told.at = at;
        if (ticker.error()) return ticker.error();
        out.add(told);
    }
    return std::nullopt;
}

// What we are subscribed to by now, heartbeats alone being of no use.
bool has_markets(const JsonNode& event) {
    FrameFields fields{event};
    FrameFields channels{fields.object("subscriptions")};
    return channels.has("market_trades") || channels.has("ticker");
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    FrameFields fields{frame};
    if (fields.text_if_any("type") == "error") {
        out.kind = FrameReading::Kind::refused;
        out.reason = fields.text_if_any("message");
        return std::nullopt;
    }
    const auto channel = fields.text("channel");
    std::optional<Timestamp> at;
    if (fields.has("timestamp")) at = fields.iso("timestamp");
    if (fields.has("sequence_num")) out.number = fields.whole("sequence_num");
    const auto& events = fields.list("events");
    if (fields.error()) return fields.error();
    if (channel == "heartbeats") out.kind = FrameReading::Kind::heartbeat;
    for (const auto* event = events.first(); event != events.end(); event = event->next()) {
        if (channel == "market_trades")
            if (auto error = read_trades(*event, out)) return error;
        if (channel == "ticker")
            if (auto error = read_tickers(*event, at, out)) return error;
        if (channel == "subscriptions" && has_markets(*event))
            out.kind = FrameReading::Kind::acknowledged;
    }
    return std::nullopt;
}

}  // namespace

Exchange coinbase_advanced() {
    return {
        .name = "coinbase_advanced",
        .url = "wss://advanced-trade-ws.coinbase.com",
        .market_of = market_of,
        .subscribe = subscribe,
        .read = read,
        .deflates = true};
}

}  // namespace duel::ingest
