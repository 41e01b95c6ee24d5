#include "core/json_scalar.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace duel {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The value of four hexadecimal digits, -1 if they are none.
int hex4(std::string_view digits) {
    if (digits.size() < 4) return -1;
    int value = 0;
    for (const char c : digits.substr(0, 4)) {
        const char lower = static_cast<char>(c | 0x20);
        if (is_digit(c))
            value = value * 16 + (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

void append_utf8(std::string& out, unsigned code_point) {
    const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (code_point < 0x80) return put(code_point);
    if (code_point < 0x800) {
        put(0xC0U | (code_point >> 6U));
        return put(0x80U | (code_point & 0x3FU));
    }
    if (code_point < 0x10000) {
        put(0xE0U | (code_point >> 12U));
    } else {
        put(0xF0U | (code_point >> 18U));
        put(0x80U | ((code_point >> 12U) & 0x3FU));
    }
    put(0x80U | ((code_point >> 6U) & 0x3FU));
    put(0x80U | (code_point & 0x3FU));
}

bool is_high_surrogate(int unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(int unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view token) {
    std::size_t i = 0;
    const auto at = [&](char c) { return i < token.size() && token[i] == c; };
    const auto digits = [&] {
        const std::size_t first = i;
        while (i < token.size() && is_digit(token[i]))
            ++i;
        return i > first;
    };
    if (at('-')) ++i;
    if (at('0'))
        ++i;
    else if (!digits())
        return false;
    if (at('.') && (++i, !digits())) return false;
    if (at('e') || at('E')) {
        ++i;
        if (at('+') || at('-')) ++i;
        if (!digits()) return false;
    }
    return i == token.size();
}

bool unescape_json(std::string_view escaped, std::string& out, bool& lone_surrogate) {
    while (true) {
        const std::size_t backslash = escaped.find('\\');
        out.append(escaped.substr(0, backslash));
        if (backslash == std::string_view::npos) return true;
        if (backslash + 1 == escaped.size()) return false;
        const char kind = escaped[backslash + 1];
        escaped.remove_prefix(backslash + 2);
        switch (kind) {
            case '"':
            case '\\':
            case '/':
                out += kind;
                continue;
            case 'b':
                out += '\b';
                continue;
            case 'f':
                out += '\f';
                continue;
            case 'n':
                out += '\n';
                continue;
            case 'r':
                out += '\r';
                continue;
            case 't':
                out += '\t';
                continue;
            case 'u':
                break;
            default:
                return false;
        }
        const int unit = hex4(escaped);
        if (unit < 0) return false;
        escaped.remove_prefix(4);
        const int low =
            is_high_surrogate(unit) && escaped.starts_with("\\u") ? hex4(escaped.substr(2)) : -1;
        if (is_low_surrogate(low)) {
            escaped.remove_prefix(6);
            append_utf8(
                out,
                0x10000U + (static_cast<unsigned>(unit - 0xD800) << 10U) +
                    static_cast<unsigned>(low - 0xDC00)
            );
            continue;
        }
        lone_surrogate = lone_surrogate || is_high_surrogate(unit) || is_low_surrogate(unit);
        append_utf8(out, static_cast<unsigned>(unit));
    }
}

const char* find_quote_or_backslash(const char* at) {
    static_assert(std::endian::native == std::endian::little);
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = 0x8080808080808080U;
    // The lowest high bit that is set marks the first byte of `word` that is 0 ("Bit Twiddling
    // Hacks").
    const auto zero_bytes = [&](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
    while (true) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        const std::uint64_t found =
            zero_bytes(word ^ (kOnes * '"')) | zero_bytes(word ^ (kOnes * '\\'));
        if (found != 0) return at + std::countr_zero(found) / 8;
        at += sizeof word;
    }
}

}  // namespace duel
