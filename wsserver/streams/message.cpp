#include "wsserver/streams/message.hpp"

#include "core/cursor.hpp"

namespace duel::wsserver {

Envelope::Envelope(
    std::string_view type,
    const Place& place,
    std::optional<Mode> mode,
    std::size_t size
)
    : message_(std::make_shared<Message>()), writer_(message_->text) {
    message_->type = type;
    message_->text.reserve(size);
    writer_.begin_object().field("type", type);
    if (mode) writer_.field("mode", *mode == Mode::diff ? "diff" : "snapshot");
    writer_.field("channel", place.channel.wire_name()).field("seq", place.seq);
    writer_.field(
        "cursor", Cursor{std::string{place.epoch}, place.channel.key(), place.seq}.text()
    );
    writer_.field("prev_seq", place.prev_seq);
}

JsonWriter& Envelope::data() {
    if (!in_data_) {
        writer_.key("data").begin_object();
        in_data_ = true;
    }
    return writer_;
}

MessagePtr Envelope::finish(std::int64_t logged_at_ms, std::optional<Timestamp> timestamp) {
    if (in_data_) writer_.end_object();
    writer_.field("timestamp", timestamp);
    writer_.end_object();
    message_->logged_at_ms = logged_at_ms;
    return std::move(message_);
}

MessagePtr unsubscribed(const Channel& channel) {
    auto message = std::make_shared<Message>();
    message->type = "UNSUBSCRIBED";
    JsonWriter{message->text}
        .begin_object()
        .field("type", "UNSUBSCRIBED")
        .field("channel", channel.wire_name())
        .end_object();
    return message;
}

Complaint about(const Error& error, std::string channel, std::string original) {
    return {error.code, error.sentence(), std::move(channel), std::move(original)};
}

MessagePtr error_message(Dialect dialect, const Complaint& complaint, Timestamp now) {
    const bool is_v2 = dialect == Dialect::v2;
    auto message = std::make_shared<Message>();
    message->type = is_v2 ? "ERROR" : "error";
    message->error = complaint.code;
    JsonWriter writer{message->text};
    writer.begin_object().field("type", message->type);
    if (is_v2) writer.key("error").begin_object();
    writer.field("code", text(complaint.code)).field("message", complaint.sentence);
    if (is_v2) {
        if (!complaint.channel.empty())
            writer.key("details").begin_object().field("channel", complaint.channel).end_object();
        writer.end_object();
    } else {
        writer.field("error", complaint.sentence);
        writer.field("details", complaint.channel.empty() ? complaint.sentence : complaint.channel);
        if (!complaint.original.empty()) writer.field("originalType", complaint.original);
        writer.field("timestamp", now);
    }
    writer.end_object();
    return message;
}

}  // namespace duel::wsserver
