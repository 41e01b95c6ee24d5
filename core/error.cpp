#include "core/error.hpp"

#include <cstddef>
#include <stdexcept>

namespace duel {
namespace {

constexpr std::size_t kExcerptCharacters = 80;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";     // U+2026

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Bytes of the well-formed character at the start of `rest`, 0 where there is none (Unicode 15,
// table 3-7).
std::size_t character_length(std::string_view rest) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || rest.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(rest[i])) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second > 0x9F;
    const bool beyond_unicode = first == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond_unicode ? 0 : length;
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

std::string_view text(Code code) {
    switch (code) {
        case Code::malformed_json:
            return "MALFORMED_JSON";
        case Code::unknown_type:
            return "UNKNOWN_TYPE";
        case Code::invalid_field:
            return "INVALID_FIELD";
        case Code::unknown_contest:
            return "UNKNOWN_CONTEST";
        case Code::contest_not_active:
            return "CONTEST_NOT_ACTIVE";
        case Code::not_a_participant:
            return "NOT_A_PARTICIPANT";
        case Code::wrong_partition:
            return "WRONG_PARTITION";
        case Code::duplicate_conflict:
            return "DUPLICATE_CONFLICT";
        case Code::authentication_required:
            return "AUTHENTICATION_REQUIRED";
        case Code::authentication_failed:
            return "AUTHENTICATION_FAILED";
        case Code::token_expired:
            return "TOKEN_EXPIRED";
        case Code::forbidden:
            return "FORBIDDEN";
        case Code::unknown_message:
            return "UNKNOWN_MESSAGE";
        case Code::unknown_channel:
            return "UNKNOWN_CHANNEL";
        case Code::invalid_cursor:
            return "INVALID_CURSOR";
        case Code::too_many_messages:
            return "TOO_MANY_MESSAGES";
        case Code::too_many_subscriptions:
            return "TOO_MANY_SUBSCRIPTIONS";
        case Code::too_many_connections:
            return "TOO_MANY_CONNECTIONS";
        case Code::message_too_big:
            return "MESSAGE_TOO_BIG";
        case Code::too_slow:
            return "TOO_SLOW";
        case Code::server_full:
            return "SERVER_FULL";
        case Code::server_shutdown:
            return "SERVER_SHUTDOWN";
        case Code::processing_error:
            return "PROCESSING_ERROR";
    }
    return "PROCESSING_ERROR";
}

std::string Error::sentence() const {
    std::string out;
    if (!field.empty()) {
        out = field + (value.empty() ? " is missing" : " is " + value);
    } else if (!value.empty()) {
        out = value;
    } else {
        out = text(code);
    }
    if (!wanted.empty()) out += "; wanted " + wanted;
    return out;
}

std::string excerpt(std::string_view input) {
    std::string out;
    std::size_t characters = 0;
    std::size_t last_start = 0;
    while (!input.empty()) {
        if (characters == kExcerptCharacters) {
            out.resize(last_start);
            return out += kEllipsis;
        }
        last_start = out.size();
        const std::size_t length = character_length(input);
        if (is_space(input[0]))
            out += ' ';
        else if (length == 0 || is_control(input[0]))
            out += kReplacement;
        else
            out += input.substr(0, length);
        input.remove_prefix(length == 0 ? 1 : length);
        ++characters;
    }
    return out;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error{error.sentence()};
}

}  // namespace duel
