#include "core/json_document.hpp"

#include "core/json_scalar.hpp"

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
        const char* closing = find_quote_or_backslash(first);
        const bool escapes = *closing == '\\';
        while (*closing == '\\')
            closing = find_quote_or_backslash(closing + 2);
        if (closing >= end_of_input()) return simdjson::UNCLOSED_STRING;
        JsonNode& node = add(JsonNode::Kind::text, quote, closing + 1);
        node.text = {first, static_cast<std::size_t>(closing - first)};
        if (!escapes) return SUCCESS;
        const std::size_t start = unescaped.size();
        if (!unescape_json(node.text, unescaped, node.lone_surrogate))
            return simdjson::STRING_ERROR;
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
                    trimmed(token), JsonNode::Kind::number, is_json_number(trimmed(token))
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

}  // namespace duel
