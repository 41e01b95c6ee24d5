#include "core/json_document.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <simdjson.h>
#include <vector>

namespace duel {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

constexpr std::string_view kWhitespace = " \t\n\r";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view trimmed(std::string_view token) {
    return token.substr(0, token.find_last_not_of(kWhitespace) + 1);
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_number(std::string_view token) {
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

// Appends what `escaped` (the inside of a JSON string) stands for; false where an escape is none. A
// lone surrogate, which JSON's grammar allows, is noted and kept in the form that UTF-8 would have
// for it, so that texts still compare.
bool unescape(std::string_view escaped, std::string& out, bool& lone_surrogate) {
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

// The first of the two at or after `at`, eight bytes at a time. There must be one, and readable
// bytes behind it.
const char* quote_or_backslash(const char* at) {
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

struct HashedKey {
    std::uint64_t hash;
    const JsonNode* key;
};

// FNV-1a, 64 bits.
std::uint64_t hash(std::string_view text) {
    std::uint64_t value = 0xCBF29CE484222325U;
    for (const char c : text)
        value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return value;
}

// Tells the field names of every event apart at the price of two characters.
std::size_t rough_hash(std::string_view text) {
    if (text.empty()) return 0;
    const auto character = [&](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(text[i]));
    };
    return text.size() + character(0) * 7 + character(text.size() / 2) * 3;
}

Error malformed(std::string_view json, std::string wanted) {
    return {Code::malformed_json, {}, excerpt(json), std::move(wanted)};
}

}  // namespace

// simdjson finds the structure and checks UTF-8; the walk over it checks every scalar, because
// simdjson's on-demand API looks only at what it is asked for. Its DOM would check all, but loses
// the text of numbers.
struct JsonDocument::Parser {
    ondemand::parser simd;
    std::unique_ptr<char[]> padded;  // NOLINT(modernize-avoid-c-arrays): uninitialised on purpose
    std::size_t capacity{0};
    std::size_t size{0};
    std::string unescaped;        // reserved for the whole input: texts point into it
    std::vector<JsonNode> nodes;  // the first `used` are of this input
    std::size_t used{0};

    void load(std::string_view json) {
        if (capacity < json.size() || !padded) {
            capacity = std::max<std::size_t>(json.size() * 2, 4096);
            padded.reset(new char[capacity + simdjson::SIMDJSON_PADDING]);
            unescaped.reserve(capacity);
        }
        size = json.size();
        std::memcpy(padded.get(), json.data(), size);
        std::memset(padded.get() + size, 0, simdjson::SIMDJSON_PADDING);
        padded[size] = '"';  // where the search for a closing quote ends at the latest
        padded[size + 1] = '"';
        unescaped.clear();
        used = 0;
    }

    const char* end_of_input() const { return padded.get() + size; }

    JsonNode& add(JsonNode::Kind kind, const char* start, const char* end) {
        if (used == nodes.size()) nodes.resize(std::max<std::size_t>(2 * used, 64));
        JsonNode& node = nodes[used++];
        node = JsonNode{.raw = {start, static_cast<std::size_t>(end - start)}, .kind = kind};
        return node;
    }

    // `quote` is the opening one. simdjson has made sure that a closing one follows.
    error_code add_text(const char* quote) {
        const char* const first = quote + 1;
        const char* closing = quote_or_backslash(first);
        const bool escapes = *closing == '\\';
        while (*closing == '\\')
            closing = quote_or_backslash(closing + 2);
        if (closing >= end_of_input()) return simdjson::UNCLOSED_STRING;
        JsonNode& node = add(JsonNode::Kind::text, quote, closing + 1);
        node.text = {first, static_cast<std::size_t>(closing - first)};
        if (!escapes) return SUCCESS;
        const std::size_t start = unescaped.size();
        if (!unescape(node.text, unescaped, node.lone_surrogate)) return simdjson::STRING_ERROR;
        node.text = std::string_view{unescaped}.substr(start);
        return SUCCESS;
    }

    error_code add_scalar(std::string_view token, JsonNode::Kind kind, bool valid) {
        if (!valid)
            return kind == JsonNode::Kind::number ? simdjson::NUMBER_ERROR : simdjson::T_ATOM_ERROR;
        add(kind, token.data(), token.data() + token.size());
        return SUCCESS;
    }

    // A container's node is made before what is inside and finished after it.
    std::size_t open(JsonNode::Kind kind, const char* bracket) {
        add(kind, bracket, bracket + 1);
        return used - 1;
    }
    // `following` is where the next token of the input begins.
    void close(std::size_t index, const char* following) {
        JsonNode& node = nodes[index];
        node.span = static_cast<std::uint32_t>(used - index);
        const char* const start = node.raw.data();
        node.raw = trimmed({start, static_cast<std::size_t>(following - start)});
    }

    error_code add_value(ondemand::value& value, std::size_t depth_left) {
        ondemand::json_type type{};
        if (const auto error = value.type().get(type)) return error;
        const std::string_view token = value.raw_json_token();
        switch (type) {
            case ondemand::json_type::object: {
                if (depth_left == 0) return simdjson::DEPTH_ERROR;
                ondemand::object object;
                if (const auto error = value.get_object().get(object)) return error;
                const std::size_t index = open(JsonNode::Kind::object, token.data());
                if (const auto error = add_members(object, depth_left - 1)) return error;
                return close_at(index, value);
            }
            case ondemand::json_type::array: {
                if (depth_left == 0) return simdjson::DEPTH_ERROR;
                ondemand::array array;
                if (const auto error = value.get_array().get(array)) return error;
                const std::size_t index = open(JsonNode::Kind::array, token.data());
                for (auto element : array) {
                    if (const auto error = element.error()) return error;
                    if (const auto error = add_value(element.value_unsafe(), depth_left - 1))
                        return error;
                }
                return close_at(index, value);
            }
            case ondemand::json_type::string: {
                // Taken as a value here: left to be skipped, a text before a colon would pass as a
                // key.
                if (const auto error = value.get_raw_json_string().error()) return error;
                return add_text(token.data());
            }
            case ondemand::json_type::number:
                return add_scalar(
                    trimmed(token), JsonNode::Kind::number, is_number(trimmed(token))
                );
            case ondemand::json_type::boolean: {
                const std::string_view word = trimmed(token);
                return add_scalar(word, JsonNode::Kind::boolean, word == "true" || word == "false");
            }
            case ondemand::json_type::null:
                return add_scalar(trimmed(token), JsonNode::Kind::null, trimmed(token) == "null");
        }
        return simdjson::TAPE_ERROR;
    }

    error_code add_members(ondemand::object& object, std::size_t depth_left) {
        for (auto member : object) {
            if (const auto error = member.error()) return error;
            auto& field = member.value_unsafe(
            );  // in place: copies of simdjson's small structs cost more than the walk
            if (const auto error = add_text(field.key().raw() - 1)) return error;
            if (const auto error = add_value(field.value(), depth_left)) return error;
        }
        return SUCCESS;
    }

    error_code close_at(std::size_t index, ondemand::value& value) {
        const char* following = nullptr;
        // Something must follow: the root object is still open.
        if (const auto error = value.current_location().get(following)) return error;
        close(index, following);
        return SUCCESS;
    }

    error_code parse(std::size_t max_depth) {
        ondemand::document document;
        if (const auto error =
                simd.iterate(padded.get(), size, capacity + simdjson::SIMDJSON_PADDING)
                    .get(document)) {
            return error;
        }
        ondemand::object object;
        if (const auto error = document.get_object().get(object)) return error;
        const std::size_t index = open(JsonNode::Kind::object, padded.get());
        if (const auto error = add_members(object, max_depth - 1)) return error;
        if (document.current_location().error() == SUCCESS) return simdjson::TRAILING_CONTENT;
        close(index, end_of_input());
        return SUCCESS;
    }
};

JsonDocument::JsonDocument() : parser_{std::make_unique<Parser>()} {}
JsonDocument::~JsonDocument() = default;

std::optional<Error> JsonDocument::parse(std::string_view json, JsonLimits limits) {
    if (json.size() > limits.max_bytes) {
        return malformed(json, "at most " + std::to_string(limits.max_bytes) + " bytes");
    }
    if (json.starts_with(kByteOrderMark)) return malformed(json, "UTF-8 without a byte order mark");
    const std::size_t start = json.find_first_not_of(kWhitespace);
    if (start == std::string_view::npos || json[start] != '{')
        return malformed(json, "one JSON object");
    parser_->load(json.substr(start));
    switch (parser_->parse(limits.max_depth)) {
        case SUCCESS:
            return std::nullopt;
        case simdjson::UTF8_ERROR:
            return malformed(json, "valid UTF-8");
        case simdjson::DEPTH_ERROR:
            return malformed(
                json, "at most " + std::to_string(limits.max_depth) + " levels of nesting"
            );
        default:
            return malformed(json, "one valid JSON object and nothing after it");
    }
}

const JsonNode& JsonDocument::root() const {
    return parser_->nodes.front();
}

const JsonNode* find(const JsonNode& object, std::string_view key, const JsonNode*& hint) {
    const JsonNode* const start = hint;
    const auto search = [&](const JsonNode* from, const JsonNode* to) -> const JsonNode* {
        for (; from != to; from = from->next()->next()) {
            if (from->text != key) continue;
            hint = from->next()->next();
            return from->next();
        }
        return nullptr;
    };
    const JsonNode* const found = search(start, object.end());
    return found != nullptr ? found : search(object.first(), start);
}

const JsonNode* repeated_key(const JsonNode& object) {
    std::vector<HashedKey> keys;
    std::uint64_t seen = 0;  // a bit for each of 64 rough hashes
    bool all_differ = true;
    for (const JsonNode* key = object.first(); key != object.end(); key = key->next()->next()) {
        const std::uint64_t bit = std::uint64_t{1} << (rough_hash(key->text) % 64);
        all_differ = all_differ && (seen & bit) == 0;
        seen |= bit;
    }
    if (all_differ) return nullptr;

    for (const JsonNode* key = object.first(); key != object.end(); key = key->next()->next()) {
        keys.push_back({hash(key->text), key});
    }
    // By text where hashes are equal, so that keys made to collide cost no more than a sort.
    std::sort(keys.begin(), keys.end(), [](const HashedKey& a, const HashedKey& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.key->text < b.key->text;
    });
    const auto twin =
        std::adjacent_find(keys.begin(), keys.end(), [](const HashedKey& a, const HashedKey& b) {
            return a.hash == b.hash && a.key->text == b.key->text;
        });
    return twin == keys.end() ? nullptr : twin->key;
}

}  // namespace duel
