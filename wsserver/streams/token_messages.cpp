#include "wsserver/streams/token_messages.hpp"

#include "core/valuation.hpp"

namespace duel::wsserver {
namespace {

// In percent; 0 where either is not known.
Amount change(const TokenRow& token, const std::optional<Amount>& before) {
    if (!token.price || !before) return {};
    return performance(*token.price, *before).value_or(Amount{});
}

Amount market_cap(const TokenRow& token) {
    if (!token.price || !token.supply) return {};
    return position_value(*token.supply, *token.price).value_or(Amount{});
}

std::shared_ptr<Message> begin(std::string_view type) {
    auto message = std::make_shared<Message>();
    message->type = type;
    return message;
}

}  // namespace

void write_token(JsonWriter& writer, const TokenRow& token) {
    writer.begin_object().field("symbol", token.symbol).field("name", token.name);
    writer.field_text("price", token.price.value_or(Amount{}));
    writer.field_text("marketCap", market_cap(token));
    writer.field_text("volume24h", token.volume_24h);
    writer.field_text("change24h", token.change_24h.value_or(Amount{}));
    writer.field_text("change1h", change(token, token.price_1h_ago));
    writer.field_text("change5m", change(token, token.price_5m_ago));
    writer.field_text("volume5m", token.volume_5m);
    writer.field("imageUrl", token.image_url);
    writer.field("status", token.price ? "active" : "inactive").end_object();
}

MessagePtr token_data(const TokenRow& token, std::int64_t logged_at_ms, Timestamp now) {
    auto message = begin("token_data");
    JsonWriter writer{message->text};
    writer.begin_object().field("type", "token_data").field("symbol", token.symbol).key("data");
    write_token(writer, token);
    writer.field("timestamp", now).end_object();
    message->logged_at_ms = logged_at_ms;
    return message;
}

MessagePtr token_metadata(const TokenRow& token, Timestamp now) {
    auto message = begin("token_metadata");
    JsonWriter writer{message->text};
    writer.begin_object().field("type", "token_metadata").field("symbol", token.symbol);
    writer.key("data").begin_object().field("symbol", token.symbol).field("name", token.name);
    writer.field("decimals", token.decimals).field("imageUrl", token.image_url);
    writer.field_text("supply", token.supply).end_object();
    writer.field("timestamp", now).end_object();
    return message;
}

MessagePtr
tokens_named(std::string_view type, const std::vector<std::string>& symbols, Timestamp now) {
    auto message = begin(type);
    JsonWriter writer{message->text};
    writer.begin_object().field("type", type).key("symbols").begin_array();
    for (const auto& symbol : symbols)
        writer.value(symbol);
    writer.end_array().field("count", symbols.size()).field("timestamp", now).end_object();
    return message;
}

}  // namespace duel::wsserver
