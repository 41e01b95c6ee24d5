#include "watch/message.hpp"

#include <charconv>

namespace duel::watch {
namespace {

std::optional<std::uint64_t> whole(const Json* value) {
    if (!value) return std::nullopt;
    const auto digits = value->text();
    std::uint64_t number = 0;
    const auto* end = digits.data() + digits.size();
    const auto [stop, failure] = std::from_chars(digits.data(), end, number);
    if (failure != std::errc{} || stop != end || digits.empty()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<Message> Message::parse(std::string_view text) {
    auto body = Json::parse(text);
    if (!body || !body->object() || body->text("type").empty()) return std::nullopt;
    Message message;
    message.type = body->text("type");
    message.mode = body->text("mode");
    message.channel = body->text("channel");
    message.cursor = body->text("cursor");
    message.seq = whole(body->find("seq")).value_or(0);
    message.prev_seq = whole(body->find("prev_seq"));
    message.body = std::move(*body);
    return message;
}

const Json& Message::data() const {
    static const Json nothing;
    const Json* data = body.find("data");
    return data ? *data : nothing;
}

std::string error_sentence(const Message& message) {
    const Json* error = message.body.find("error");
    const Json& holder = error && error->object() ? *error : message.body;
    const auto code = holder.text("code");
    const auto words = holder.text("message");
    std::string sentence{code.empty() ? std::string_view{"an error without a code"} : code};
    if (!words.empty()) sentence.append(": ").append(words);
    return sentence;
}

}  // namespace duel::watch
