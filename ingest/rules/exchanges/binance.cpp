// Binance, spot and USD-M futures: combined streams of trades and best bids and offers.
//
// https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams. Spot's bookTicker
// has no time. A trade's `m` says that the buyer was the maker.

#include "ingest/rules/exchanges.hpp"
#include "ingest/rules/exchanges/messages.hpp"
#include "ingest/rules/frame_fields.hpp"
#include "ingest/rules/middle.hpp"

#include <algorithm>

namespace duel::ingest {
namespace {

constexpr std::size_t kStreamsOfMessage = 200;
constexpr std::size_t kMostStreams = 1'024;  // a connection
constexpr std::string_view kQuestion = R"({"method":"LIST_SUBSCRIPTIONS","id":0})";

std::string market_of(std::string_view symbol) {
    return upper(symbol) + "USDT";
}

std::vector<std::string> subscribe(const std::vector<std::string>& markets, Quotes quotes) {
    std::vector<std::string> streams;
    for (const auto& market : markets) {
        streams.push_back(lower(market) + "@trade");
        if (quotes == Quotes::wanted) streams.push_back(lower(market) + "@bookTicker");
    }
    std::vector<std::string> messages;
    for (std::size_t begin = 0; begin < streams.size(); begin += kStreamsOfMessage) {
        const auto end = std::min(begin + kStreamsOfMessage, streams.size());
        const auto at = [&](std::size_t index) {
            return streams.begin() + static_cast<std::ptrdiff_t>(index);
        };
        JsonWriter writer{messages.emplace_back()};
        writer.begin_object().field("method", "SUBSCRIBE").key("params");
        write_list(writer, {at(begin), at(end)});
        writer.field("id", messages.size()).end_object();
    }
    return messages;
}

std::optional<Error> read_trade(FrameFields& data, FrameReading& out) {
    Observation trade;
    trade.market = data.text("s");
    trade.trade_id = data.whole("t");
    // The liquidation engine's bookkeeping comes as trades at 0, which are none.
    const auto execution = data.text_if_any("X");
    if (execution == "NA") return data.error();
    trade.price = data.amount("p");
    trade.size = data.amount("q");
    trade.side = data.truth("m") ? Side::sell : Side::buy;
    trade.at = data.epoch_ms("T");
    if (data.error()) return data.error();
    out.add(trade);
    return std::nullopt;
}

std::optional<Error> read_quote(FrameFields& data, FrameReading& out) {
    Observation quote;
    quote.market = data.text("s");
    const auto bid = data.amount("b");
    const auto ask = data.amount("a");
    if (data.has("T")) quote.at = data.epoch_ms("T");
    if (data.error()) return data.error();
    quote.price = middle_of(bid, ask);
    out.add(quote);
    return std::nullopt;
}

// An answer to a message of ours.
std::optional<Error> read_answer(FrameFields& fields, FrameReading& out) {
    if (const auto* error = fields.node("error")) {
        FrameFields inside{*error};
        out.kind = FrameReading::Kind::refused;
        out.reason = inside.text_if_any("msg");
        return std::nullopt;
    }
    if (fields.has("code") && fields.has("msg")) {
        out.kind = FrameReading::Kind::refused;
        out.reason = fields.text_if_any("msg");
        return std::nullopt;
    }
    if (!fields.has("id")) return std::nullopt;  // none that we know
    const bool is_question = fields.whole("id") == 0;
    out.kind = is_question ? FrameReading::Kind::heartbeat : FrameReading::Kind::acknowledged;
    return fields.error();
}

std::optional<Error> read(const JsonNode& frame, FrameReading& out) {
    FrameFields fields{frame};
    const auto stream = fields.text_if_any("stream");
    const auto* data = fields.node("data");
    if (data == nullptr) return read_answer(fields, out);
    FrameFields inside{*data};
    if (stream.ends_with("@trade")) return read_trade(inside, out);
    if (stream.ends_with("@bookTicker")) return read_quote(inside, out);
    return std::nullopt;
}

}  // namespace

Exchange binance() {
    return {
        .name = "binance",
        .url = "wss://stream.binance.com:9443/stream",
        .market_of = market_of,
        .subscribe = subscribe,
        .read = read,
        .question = kQuestion,
        .most_markets = kMostStreams / 2};
}

Exchange binance_usdm() {
    auto exchange = binance();
    exchange.name = "binance_usdm";
    exchange.url = "wss://fstream.binance.com/stream";
    return exchange;
}

}  // namespace duel::ingest
