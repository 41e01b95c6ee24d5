#include "core/json_document.hpp"

#include <algorithm>
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
    std::string unescaped;  // reserved for the whole input: texts point into it
    std::vector<JsonNode> nodes;

    void load(std::string_view json) {
        if (capacity < json.size() || !padded) {
            capacity = std::max<std::size_t>(json.size() * 2, 4096);
            padded.reset(new char[capacity + simdjson::SIMDJSON_PADDING]);
            unescaped.reserve(capacity);
        }
        size = json.size();
        std::memcpy(padded.get(), json.data(), size);
        std::memset(padded.get() + size, 0, simdjson::SIMDJSON_PADDING);
        unescaped.clear();
        nodes.clear();
    }

    const char* end_of_input() const { return padded.get() + size; }

    // `quote` is the opening one. simdjson has made sure that a closing one follows.
    error_code add_text(const char* quote) {
        const char* const first = quote + 1;
        const char* at = first;
        bool escapes = false;
        for (; at != end_of_input() && *at != '"'; ++at) {
            if (*at != '\\') continue;
            escapes = true;
            if (++at == end_of_input()) break;
        }
        if (at == end_of_input()) return simdjson::UNCLOSED_STRING;
        JsonNode node;
        node.kind = JsonNode::Kind::text;
        node.raw = {quote, static_cast<std::size_t>(at + 1 - quote)};
        node.text = {first, static_cast<std::size_t>(at - first)};
        if (escapes) {
            const std::size_t start = unescaped.size();
            if (!unescape(node.text, unescaped, node.lone_surrogate)) return simdjson::STRING_ERROR;
            node.text = std::string_view{unescaped}.substr(start);
        }
        nodes.push_back(node);
        return SUCCESS;
    }

    error_code add_scalar(std::string_view token, JsonNode::Kind kind, bool valid) {
        if (!valid)
            return kind == JsonNode::Kind::number ? simdjson::NUMBER_ERROR : simdjson::T_ATOM_ERROR;
        JsonNode node;
        node.kind = kind;
        node.raw = token;
        nodes.push_back(node);
        return SUCCESS;
    }

    // A container's node is made before what is inside and finished after it.
    std::size_t open(JsonNode::Kind kind, const char* bracket) {
        JsonNode node;
        node.kind = kind;
        node.raw = {bracket, 1};
        nodes.push_back(node);
        return nodes.size() - 1;
    }
    // `following` is where the next token of the input begins.
    void close(std::size_t index, const char* following) {
        JsonNode& node = nodes[index];
        node.span = static_cast<std::uint32_t>(nodes.size() - index);
        const char* const start = node.raw.data();
        node.raw = trimmed({start, static_cast<std::size_t>(following - start)});
    }

    error_code add_value(ondemand::value value, std::size_t depth_left) {
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
                    ondemand::value inner;
                    if (const auto error = std::move(element).get(inner)) return error;
                    if (const auto error = add_value(inner, depth_left - 1)) return error;
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
            ondemand::field field;
            if (const auto error = std::move(member).get(field)) return error;
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
    constexpr std::size_t kFew = 24;
    std::vector<const JsonNode*> many;
    std::array<const JsonNode*, kFew> few{};
    std::size_t count = 0;
    for (const JsonNode* key = object.first(); key != object.end(); key = key->next()->next()) {
        if (count < kFew) {
            for (std::size_t i = 0; i < count; ++i) {
                if (few[i]->text == key->text) return key;
            }
            few[count++] = key;
        } else {
            many.push_back(key);
        }
    }
    if (many.empty()) return nullptr;
    many.insert(many.end(), few.begin(), few.end());
    // By length first: cheaper than by alphabet, and any order brings equals together.
    std::sort(many.begin(), many.end(), [](const JsonNode* a, const JsonNode* b) {
        return a->text.size() != b->text.size() ? a->text.size() < b->text.size()
                                                : a->text < b->text;
    });
    const auto twin =
        std::adjacent_find(many.begin(), many.end(), [](const JsonNode* a, const JsonNode* b) {
            return a->text == b->text;
        });
    return twin == many.end() ? nullptr : *twin;
}

}  // namespace duel
