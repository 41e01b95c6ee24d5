// Kraken, WebSocket version 2: trade and ticker.
// https://docs.kraken.com/api/docs/websocket-v2/trade

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"

namespace duel::ingest {
namespace {

std::string market_of(std::string_view symbol) {
    return upper(symbol) + "/USD";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes quotes) {
    std::vector<std::string> channels{"trade"};
    if (quotes == Quotes::wanted) channels.emplace_back("ticker");
    std::vector<std::string> messages;
    for (const auto& channel : channels) {
        JsonWriter writer{messages.emplace_back()};
        writer.begin_object().field("method", "subscribe").key("params").begin_object();
        writer.field("channel", channel);
        write_list(writer.key("symbol"), markets).end_object().end_object();
    }
    return messages;
}

std::optional<Error> read_trade(const JsonNode& node, bool is_past, FrameReading& out) {
    FrameFields trade{node};
    Observation told;
    told.is_past = is_past;
    told.market = trade.text("symbol");
    told.side = trade.side("side", "buy", "sell");
    told.price = trade.amount("price");
    told.size = trade.amount("qty");
    told.trade_id = trade.whole("trade_id");
    told.at = trade.iso("timestamp");
    if (trade.error()) return trade.error();
    out.add(told);
    return std::nullopt;
}

std::optional<Error> read_ticker(const JsonNode& node, FrameReading& out) {
    FrameFields ticker{node};
    Observation told;
    told.market = ticker.text("symbol");
    told.price = ticker.amount("last");
    if (ticker.has("timestamp")) told.at = ticker.iso("timestamp");
    if (ticker.error()) return ticker.error();
    out.add(told);
    return std::nullopt;
}

// An answer to a message of ours.
std::optional<Error> read_answer(FrameFields& fields, FrameReading& out) {
    const auto method = fields.text("method");
    if (method == "pong") {
        out.kind = FrameReading::Kind::heartbeat;
        return fields.error();
    }
    const bool is_fine = fields.truth("success");
    out.kind = is_fine ? FrameReading::Kind::acknowledged : FrameReading::Kind::refused;
    out.reason = fields.text_if_any("error");
    return fields.error();
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    FrameFields fields{frame};
    const auto channel = fields.text_if_any("channel");
    if (channel.empty()) return read_answer(fields, out);
    if (channel == "heartbeat") out.kind = FrameReading::Kind::heartbeat;
    if (channel != "trade" && channel != "ticker") return std::nullopt;
    const bool is_past = fields.text("type") == "snapshot";
    const auto& data = fields.list("data");
    if (fields.error()) return fields.error();
    for (const auto* node = data.first(); node != data.end(); node = node->next()) {
        auto error = channel == "trade" ? read_trade(*node, is_past, out) : read_ticker(*node, out);
        if (error) return error;
    }
    return std::nullopt;
}

}  // namespace

Exchange kraken_v2() {
    return {
        .name = "kraken_v2",
        .url = "wss://ws.kraken.com/v2",
        .market_of = market_of,
        .subscribe = subscribe,
        .read = read};
}

}  // namespace duel::ingest
