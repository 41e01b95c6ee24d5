#include "wsserver/net/client_message.hpp"

#include "wsserver/net/strict_json.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char character) {
        return character < 0x80 ? static_cast<char>(std::tolower(character))
                                : static_cast<char>(character);
    });
    return text;
}

std::shared_ptr<Message> begin(std::string_view type) {
    auto message = std::make_shared<Message>();
    message->type = type;
    return message;
}

}  // namespace

ClientMessage read_client_message(std::string_view text) {
    auto object = parse_strictly(text, kMaxMessageDepth);
    if (!object || !object->is_object())
        return BadMessage{
            Code::malformed_json,
            "a message is one JSON object without a key twice, at most " +
                std::to_string(kMaxMessageDepth) + " levels deep"};
    const auto type = object->find("type");
    if (type == object->end() || !type->is_string())
        return BadMessage{Code::invalid_field, "type is missing or no text"};
    const auto name = lower(type->get<std::string>());
    if (name == "ping") return Ping{};
    if (name == "pong") return Pong{};
    if (name == "authenticate") {
        const auto token = object->find("token");
        if (token == object->end() || !token->is_string())
            return BadMessage{Code::invalid_field, "token is missing or no text", "authenticate"};
        return Authenticate{token->get<std::string>()};
    }
    return Demand{type->get<std::string>(), std::move(*object)};
}

MessagePtr pong(Timestamp now) {
    auto message = begin("pong");
    JsonWriter{message->text}
        .begin_object()
        .field("type", "pong")
        .field("timestamp", now)
        .end_object();
    return message;
}

MessagePtr authenticated(std::string_view wallet, Timestamp expires_at, Timestamp now) {
    auto message = begin("AUTHENTICATED");
    JsonWriter writer{message->text};
    writer.begin_object().field("type", "AUTHENTICATED").key("data").begin_object();
    writer.field("wallet_address", wallet).field("expires_at", expires_at).end_object();
    writer.field("timestamp", now).end_object();
    return message;
}

MessagePtr token_expiring(Timestamp expires_at, Timestamp now) {
    auto message = begin("TOKEN_EXPIRING");
    JsonWriter writer{message->text};
    writer.begin_object().field("type", "TOKEN_EXPIRING").key("data").begin_object();
    writer.field("expires_at", expires_at).end_object();
    writer.field("timestamp", now).end_object();
    return message;
}

MessagePtr server_shutdown(std::chrono::milliseconds retry_after, Timestamp now) {
    auto message = begin("SERVER_SHUTDOWN");
    JsonWriter writer{message->text};
    writer.begin_object().field("type", "SERVER_SHUTDOWN").key("data").begin_object();
    writer.field("retry_after_ms", retry_after.count()).end_object();
    writer.field("timestamp", now).end_object();
    return message;
}

}  // namespace duel::wsserver
