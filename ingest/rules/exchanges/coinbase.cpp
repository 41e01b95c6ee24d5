// Coinbase Exchange: matches, ticker, heartbeat.
//
// https://docs.cdp.coinbase.com/exchange/websocket-feed/channels. A match's side is the maker's, a
// ticker's the taker's.

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"

namespace duel::ingest {
namespace {

std::string market_of(std::string_view symbol) {
    return upper(symbol) + "-USD";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes quotes) {
    std::vector<std::string> channels{"matches", "heartbeat"};
    if (quotes == Quotes::wanted) channels.insert(channels.begin(), "ticker");
    std::vector<std::string> messages;
    for (const auto& channel : channels) {
        JsonWriter writer{messages.emplace_back()};
        writer.begin_object().field("type", "subscribe").key("product_ids");
        write_list(writer, markets).key("channels");
        write_list(writer, {channel}).end_object();
    }
    return messages;
}

std::optional<Error> read_match(FrameFields& fields, bool is_past, FrameReading& out) {
    Observation trade;
    trade.is_past = is_past;
    trade.trade_id = fields.whole("trade_id");
    trade.side = fields.side("side", "sell", "buy");  // the other side than the maker's
    trade.size = fields.amount("size");
    trade.price = fields.amount("price");
    trade.market = fields.text("product_id");
    trade.at = fields.iso("time");
    if (fields.error()) return fields.error();
    out.add(trade);
    return std::nullopt;
}

std::optional<Error> read_ticker(FrameFields& fields, FrameReading& out) {
    Observation quote;
    quote.market = fields.text("product_id");
    quote.price = fields.amount("price");
    // A market without trades has a ticker without these.
    if (fields.has("time")) quote.at = fields.iso("time");
    if (fields.has("trade_id")) quote.trade_id = fields.whole("trade_id");
    if (fields.error()) return fields.error();
    out.add(quote);
    return std::nullopt;
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    FrameFields fields{frame};
    const auto type = fields.text("type");
    if (type == "match") return read_match(fields, false, out);
    if (type == "last_match") return read_match(fields, true, out);
    if (type == "ticker") return read_ticker(fields, out);
    if (type == "heartbeat") out.kind = FrameReading::Kind::heartbeat;
    if (type == "subscriptions") out.kind = FrameReading::Kind::acknowledged;
    if (type == "error") {
        out.kind = FrameReading::Kind::refused;
        out.reason = fields.text_if_any("message");
        const auto reason = fields.text_if_any("reason");
        if (!reason.empty()) out.reason += ": " + std::string{reason};
    }
    return fields.error();
}

}  // namespace

Exchange coinbase() {
    return {
        .name = "coinbase",
        .url = "wss://ws-feed.exchange.coinbase.com",
        .market_of = market_of,
        .subscribe = subscribe,
        .read = read,
        .deflates = true};
}

}  // namespace duel::ingest
