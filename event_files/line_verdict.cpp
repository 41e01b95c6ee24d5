#include "event_files/line_verdict.hpp"

#include "core/json_writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace duel::event_files {
namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// All of `bytes` as excerpt() would have it, which takes 80 characters at a time.
std::string printable(std::string_view bytes) {
    constexpr std::size_t kPiece = 72;
    constexpr std::size_t kLongestTail = 3;
    std::string out;
    while (!bytes.empty()) {
        std::size_t size = std::min(kPiece, bytes.size());
        const std::size_t most = std::min(size + kLongestTail, bytes.size());
        while (size < most && is_continuation(bytes[size]))
            ++size;
        out += excerpt(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return out;
}

std::string_view word(const LineVerdict& verdict) {
    if (!verdict.event) return "refused";
    return verdict.is_retry ? "retry" : "ok";
}

void add_text(JsonWriter& writer, std::string_view name, const std::string& text) {
    if (!text.empty()) writer.field(name, text);
}

}  // namespace

std::string reason_of(const Error& error) {
    const std::string_view code = text(error.code);
    std::string sentence = error.sentence();
    return sentence.starts_with(code) ? sentence : fmt::format("{}: {}", code, sentence);
}

void append_verdict(const LinePlace& place, const LineVerdict& verdict, std::string& out) {
    const auto end = std::back_inserter(out);
    fmt::format_to(end, "{}:{}: ", place.file, place.line);
    if (const auto& event = verdict.event) {
        fmt::format_to(
            end, "{}: {}, topic {}, key ", word(verdict), type_of(*event), text(topic_of(*event))
        );
        append_json_string(out, key_of(*event));
    } else {
        out += reason_of(event.error());
    }
    out += '\n';
}

void append_verdict_json(const LinePlace& place, const LineVerdict& verdict, std::string& out) {
    JsonWriter writer{out};
    writer.begin_object().field("file", printable(place.file)).field("line", place.line);
    writer.field("verdict", word(verdict));
    if (const auto& event = verdict.event) {
        writer.field("type", type_of(*event))
            .field("topic", topic_of(*event))
            .field("key", key_of(*event));
    } else {
        const Error& error = event.error();
        writer.field("code", error.code);
        add_text(writer, "field", error.field);
        add_text(writer, "value", error.value);
        add_text(writer, "wanted", error.wanted);
    }
    writer.end_object();
    out += '\n';
}

}  // namespace duel::event_files
