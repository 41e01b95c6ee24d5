#include "core/event.hpp"

#include "core/field_reader.hpp"
#include "core/field_writer.hpp"
#include "core/json_document.hpp"

#include <optional>
#include <utility>

namespace duel {
namespace {

template <class E>
concept ChecksItself = requires(const E& event) {
    E::check(event);
};

template <class E>
std::optional<Error> read_event(const JsonNode& object, E& event) {
    auto error = read_fields(object, event);
    if constexpr (ChecksItself<E>) {
        if (!error) error = E::check(event);
    }
    return error;
}

template <class Variant>
struct Types;
template <class... Events>
struct Types<std::variant<Events...>> {
    static bool is_in(std::optional<Topic> topic, Topic home) { return !topic || *topic == home; }

    // Makes `out` the event whose kType equals `type`; false when none of the topic does.
    static bool read(
        std::optional<Topic> topic,
        std::string_view type,
        const JsonNode& object,
        Event& out,
        std::optional<Error>& error
    ) {
        return (
            (type == Events::kType && is_in(topic, Events::kTopic) &&
             ((error = read_event(object, out.emplace<Events>())), true)) ||
            ...
        );
    }
    static std::string names(std::optional<Topic> topic) {
        std::string out;
        const auto add = [&](std::string_view type) {
            out.append(out.empty() ? "one of " : ", ").append(type);
        };
        ((is_in(topic, Events::kTopic) ? add(Events::kType) : void()), ...);
        return out;
    }
};
using AllTypes = Types<Event>;

Error unknown_type(std::optional<Topic> topic, const JsonNode* type) {
    return {
        Code::unknown_type,
        "type",
        type == nullptr ? "" : excerpt(type->raw),
        AllTypes::names(topic)};
}

Result<Event>
decode_record(JsonDocument& document, std::optional<Topic> topic, std::string_view record) {
    if (auto error = document.parse(record, {kMaxRecordBytes, kMaxRecordDepth}))
        return *std::move(error);
    const JsonNode& root = document.root();
    if (const JsonNode* key = repeated_key(root)) {
        return Error{Code::malformed_json, {}, excerpt(key->raw), "each key once"};
    }
    const JsonNode* hint = root.first();
    const JsonNode* const type = find(root, "type", hint);
    if (type == nullptr || type->kind != JsonNode::Kind::text) return unknown_type(topic, type);
    Result<Event> result{Event{}};
    std::optional<Error> error;
    if (!AllTypes::read(topic, type->text, root, *result, error)) return unknown_type(topic, type);
    if (error) return *std::move(error);
    return result;
}

std::string key_of(const Price& price) {
    return price.symbol;
}
std::string key_of(const Token& token) {
    return token.symbol;
}
std::string key_of(const SourceStatus& status) {
    return status.source;
}
std::string key_of(const Announcement&) {
    return std::string{Announcement::kKey};
}
// Events of topic `trades`: those of a contest have `contest_id`, those that may be outside have it
// optional.
template <class E>
std::string key_of(const E& event) {
    if constexpr (requires { event.contest_id.has_value(); }) {
        return event.contest_id.value_or(event.wallet_address);
    } else {
        return event.contest_id;
    }
}

}  // namespace

Decoder::Decoder() : document_{std::make_unique<JsonDocument>()} {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<Event> Decoder::decode(Topic topic, std::string_view record) {
    return decode_record(*document_, topic, record);
}

Result<Event> Decoder::decode(std::string_view record) {
    return decode_record(*document_, std::nullopt, record);
}

void encode(const Event& event, std::string& out) {
    JsonWriter writer{out};
    std::visit(
        [&]<class E>(const E& e) {
            writer.begin_object().field("type", E::kType);
            write_fields<AmountStyle::text>(writer, e);
            writer.end_object();
        },
        event
    );
}

std::string_view type_of(const Event& event) {
    return std::visit([]<class E>(const E&) { return E::kType; }, event);
}

Topic topic_of(const Event& event) {
    return std::visit([]<class E>(const E&) { return E::kTopic; }, event);
}

Timestamp time_of(const Event& event) {
    return std::visit([](const auto& e) { return e.timestamp; }, event);
}

std::string key_of(const Event& event) {
    return std::visit([](const auto& e) { return key_of(e); }, event);
}

}  // namespace duel
