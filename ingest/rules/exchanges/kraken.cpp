// Kraken, WebSocket version 1: trade and ticker.
//
// https://docs.kraken.com/api/docs/websocket-v1/trade. Trades have no ids, tickers no time. Market
// messages are lists: [channel, content…, "trade", "XBT/USD"].

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"

#include <array>

namespace duel::ingest {
namespace {

std::string market_of(std::string_view symbol) {
    const auto name = upper(symbol);
    if (name == "BTC") return "XBT/USD";
    if (name == "DOGE") return "XDG/USD";
    return name + "/USD";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes quotes) {
    std::vector<std::string> channels{"trade"};
    if (quotes == Quotes::wanted) channels.emplace_back("ticker");
    std::vector<std::string> messages;
    for (const auto& channel : channels) {
        JsonWriter writer{messages.emplace_back()};
        writer.begin_object().field("event", "subscribe");
        write_list(writer.key("pair"), markets).key("subscription").begin_object();
        writer.field("name", channel).end_object().end_object();
    }
    return messages;
}

Error invalid(std::string_view field, const JsonNode& found, std::string_view wanted) {
    return {Code::invalid_field, std::string{field}, excerpt(found.raw), std::string{wanted}};
}

// [price, size, seconds, "b" or "s", type, misc]
std::optional<Error> read_trade(const JsonNode& list, std::string_view market, FrameReading& out) {
    std::array<const JsonNode*, 4> parts{};
    std::size_t count = 0;
    if (list.kind == JsonNode::Kind::array)
        for (const auto* part = list.first(); part != list.end() && count < parts.size();
             part = part->next())
            parts.at(count++) = part;
    if (count < parts.size()) return invalid("trade", list, "price, size, time and side");
    const auto& [price, size, at, side] = parts;
    Observation trade;
    trade.market = market;
    trade.ids = 0;
    const auto read_price = positive_amount(*price);
    if (!read_price) return invalid("price", *price, "a number above 0");
    trade.price = *read_price;
    trade.size = positive_amount(*size);
    if (!trade.size) return invalid("size", *size, "a number above 0");
    trade.at = epoch_seconds(at->text);
    if (!trade.at) return invalid("time", *at, "seconds since 1970");
    if (side->text != "b" && side->text != "s") return invalid("side", *side, "b or s");
    trade.side = side->text == "b" ? Side::buy : Side::sell;
    out.add(trade);
    return std::nullopt;
}

// The last trade's price is the first of `c`.
std::optional<Error>
read_ticker(const JsonNode& content, std::string_view market, FrameReading& out) {
    FrameFields fields{content};
    const auto& last = fields.list("c");
    if (fields.error()) return fields.error();
    const auto price = last.first() != last.end() ? positive_amount(*last.first()) : std::nullopt;
    if (!price) return invalid("c", last, "a price above 0");
    Observation quote;
    quote.market = market;
    quote.price = *price;
    out.add(quote);
    return std::nullopt;
}

std::optional<Error> read_list(const JsonNode& list, FrameReading& out) {
    // Its channel and market are the last two.
    const JsonNode* content = nullptr;
    const JsonNode* channel = nullptr;
    const JsonNode* market = nullptr;
    std::size_t count = 0;
    for (const auto* part = list.first(); part != list.end(); part = part->next(), ++count) {
        if (count == 1) content = part;
        channel = market;
        market = part;
    }
    if (count < 4 || channel->kind != JsonNode::Kind::text ||
        market->kind != JsonNode::Kind::text || market->text.empty())
        return invalid("message", list, "a channel and a market at its end");
    if (channel->text == "ticker") return read_ticker(*content, market->text, out);
    if (channel->text != "trade") return std::nullopt;
    if (content->kind != JsonNode::Kind::array) return invalid("trade", *content, "a list");
    for (const auto* trade = content->first(); trade != content->end(); trade = trade->next())
        if (auto error = read_trade(*trade, market->text, out)) return error;
    return std::nullopt;
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    if (frame.kind == JsonNode::Kind::array) return read_list(frame, out);
    FrameFields fields{frame};
    const auto event = fields.text("event");
    if (event == "heartbeat" || event == "pong") out.kind = FrameReading::Kind::heartbeat;
    if (event == "subscriptionStatus" || event == "error") {
        const bool is_refused = event == "error" || fields.text("status") == "error";
        out.kind = is_refused ? FrameReading::Kind::refused : FrameReading::Kind::acknowledged;
        out.reason = fields.text_if_any("errorMessage");
        if (const auto pair = fields.text_if_any("pair"); is_refused && !pair.empty())
            out.reason.append(": ").append(pair);
    }
    return fields.error();
}

}  // namespace

Exchange kraken() {
    return {
        .name = "kraken",
        .url = "wss://ws.kraken.com",
        .market_of = market_of,
        .subscribe = subscribe,
        .read = read};
}

}  // namespace duel::ingest
