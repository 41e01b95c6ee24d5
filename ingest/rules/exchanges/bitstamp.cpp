// Bitstamp: live trades. https://www.bitstamp.net/websocket/v2/. Ids are the exchange's, not the
// market's, so nothing can be said about gaps.

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"

namespace duel::ingest {
namespace {

constexpr std::string_view kTrades = "live_trades_";

std::string market_of(std::string_view symbol) {
    return lower(symbol) + "usd";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes /*quotes*/) {
    std::vector<std::string> messages;
    for (const auto& market : markets) {
        JsonWriter writer{messages.emplace_back()};
        writer.begin_object().field("event", "bts:subscribe").key("data").begin_object();
        writer.field("channel", std::string{kTrades} + market).end_object().end_object();
    }
    return messages;
}

std::optional<Error> read_trade(FrameFields& fields, std::string_view market, FrameReading& out) {
    FrameFields data{fields.object("data")};
    Observation trade;
    trade.market = market;
    trade.ids = 0;
    trade.trade_id = data.whole("id");
    trade.size = data.amount("amount_str");
    trade.price = data.amount("price_str");
    const auto type = data.whole("type");
    if (type > 1) data.refuse("type", data.node("type"), "0 or 1");
    trade.side = type == 0 ? Side::buy : Side::sell;
    trade.at = data.epoch_us("microtimestamp");
    if (fields.error()) return fields.error();
    if (data.error()) return data.error();
    out.add(trade);
    return std::nullopt;
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    FrameFields fields{frame};
    const auto channel = fields.text_if_any("channel");
    const auto event = fields.text("event");
    if (event == "trade" && channel.starts_with(kTrades))
        return read_trade(fields, channel.substr(kTrades.size()), out);
    if (event == "bts:subscription_succeeded") out.kind = FrameReading::Kind::acknowledged;
    if (event == "bts:heartbeat") out.kind = FrameReading::Kind::heartbeat;
    if (event == "bts:request_reconnect") out.kind = FrameReading::Kind::leaving;
    if (event == "bts:error") {
        out.kind = FrameReading::Kind::refused;
        out.reason = FrameFields{fields.object("data")}.text_if_any("message");
    }
    return fields.error();
}

}  // namespace

Exchange bitstamp() {
    return {
        .name = "bitstamp",
        .url = "wss://ws.bitstamp.net/",
        .market_of = market_of,
        .spell = lower,
        .subscribe = subscribe,
        .read = read,
        .question = R"({"event":"bts:heartbeat"})"};
}

}  // namespace duel::ingest
