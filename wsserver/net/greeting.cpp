#include "wsserver/net/greeting.hpp"

namespace duel::wsserver {
namespace {

// `fields` writes them, once beside `data` and once inside.
template <class Fields>
MessagePtr twofold(std::string_view type, Timestamp now, const Fields& fields) {
    auto message = std::make_shared<Message>();
    message->type = type;
    JsonWriter writer{message->text};
    writer.begin_object().field("type", type);
    fields(writer);
    writer.key("data").begin_object();
    fields(writer);
    writer.end_object().field("timestamp", now).end_object();
    return message;
}

}  // namespace

MessagePtr connection_status(const Identity& who, Timestamp now) {
    return twofold("connection_status", now, [&](JsonWriter& writer) {
        const bool is_known = !who.wallet.empty();
        writer.field("status", is_known ? "authenticated" : "connected");
        writer.field("authenticated", is_known);
        if (is_known) writer.field("userId", who.wallet);
    });
}

MessagePtr authentication_succeeded(const Identity& who, Timestamp expires_at, Timestamp now) {
    return twofold("authentication_result", now, [&](JsonWriter& writer) {
        writer.field("status", "success").field("userId", who.wallet);
        writer.field("expiresAt", expires_at);
    });
}

MessagePtr authentication_failed(std::string_view reason, Timestamp now) {
    return twofold("authentication_result", now, [&](JsonWriter& writer) {
        writer.field("status", "failed").field("error", reason);
    });
}

MessagePtr json_ping(Timestamp now) {
    auto message = std::make_shared<Message>();
    message->type = "ping";
    JsonWriter{message->text}
        .begin_object()
        .field("type", "ping")
        .field("timestamp", now)
        .end_object();
    return message;
}

}  // namespace duel::wsserver
