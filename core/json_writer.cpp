#include "core/json_writer.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace duel {
namespace {

template <class I>
void append_integer(std::string& out, I number) {
    std::array<char, 24> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    out.append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

// The escape of a byte that may not stand as it is in a JSON string.
void append_escape(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
}

bool needs_escape(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// Eight bytes at once (Warren, Hacker's Delight, 6-1): a high bit is set where a byte is below a
// limit or equals another, and perhaps in the bytes after such a one.
constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;
constexpr std::uint64_t below(std::uint64_t bytes, std::uint64_t limit) {
    return (bytes - kOnes * limit) & ~bytes;
}
constexpr std::uint64_t equal(std::uint64_t bytes, char c) {
    return below(bytes ^ (kOnes * static_cast<unsigned char>(c)), 1);
}

bool is_plain(std::string_view text) {
    std::uint64_t found = 0;
    std::size_t i = 0;
    for (; i + sizeof found <= text.size(); i += sizeof found) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, text.data() + i, sizeof bytes);
        found |= below(bytes, 0x20) | equal(bytes, '"') | equal(bytes, '\\');
    }
    bool is_special = (found & kHighs) != 0;
    for (; i < text.size(); ++i)
        is_special |= needs_escape(text[i]);
    return !is_special;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    if (is_plain(text)) {
        out += text;
        out += '"';
        return;
    }
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out.append(text, plain, i - plain);
        append_escape(out, text[i]);
        plain = i + 1;
    }
    out.append(text, plain);
    out += '"';
}

void JsonWriter::separate() {
    if (after_value_) out_ += ',';
    after_value_ = true;
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    after_value_ = false;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_ += bracket;
    after_value_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    if (after_value_)
        out_ += ",\"";
    else
        out_ += '"';
    out_ += name;
    out_ += "\":";
    after_value_ = false;
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
}

JsonWriter& JsonWriter::value(Amount amount) {
    separate();
    amount.append_to(out_);
    return *this;
}

JsonWriter& JsonWriter::value_text(Amount amount) {
    separate();
    out_ += '"';
    amount.append_to(out_);
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::value(Timestamp at) {
    separate();
    out_ += '"';
    append_to(out_, at);
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
    separate();
    append_integer(out_, number);
    return *this;
}

JsonWriter& JsonWriter::integer(std::uint64_t number) {
    separate();
    append_integer(out_, number);
    return *this;
}

}  // namespace duel
