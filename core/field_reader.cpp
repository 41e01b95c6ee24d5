#include "core/field_reader.hpp"

#include <algorithm>

namespace duel {
namespace {

bool is_number_or_text(const JsonNode& node) {
    return node.kind == JsonNode::Kind::number || node.kind == JsonNode::Kind::text;
}

Result<Amount> parse_number(const JsonNode& node) {
    return Amount::parse(node.kind == JsonNode::Kind::number ? node.raw : node.text);
}

std::optional<std::int64_t> whole(Amount amount) {
    const Int128 number = amount.units() / Amount::kUnitsPerOne;
    if (number * Amount::kUnitsPerOne != amount.units() || number > INT64_MAX || number < INT64_MIN)
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

bool has_sign(Amount amount, AmountRule rule) {
    return rule == AmountRule::any || amount.sign() > 0 ||
           (rule == AmountRule::not_negative && amount.is_zero());
}

}  // namespace

std::string read(const JsonNode& node, TextRule rule, std::string& out) {
    const std::size_t size = node.text.size();
    if (node.kind != JsonNode::Kind::text || size < rule.min_bytes || size > rule.max_bytes) {
        if (rule.max_bytes == SIZE_MAX) return "text";
        return "text of " + std::to_string(rule.min_bytes) + " to " +
               std::to_string(rule.max_bytes) + " bytes";
    }
    if (node.lone_surrogate) return "text without a lone surrogate";
    if (node.text.find('\0') != std::string_view::npos) return "text without NUL";
    out = node.text;
    return {};
}

std::string read(const JsonNode& node, AmountRule rule, Amount& out) {
    if (is_number_or_text(node)) {
        const auto parsed = parse_number(node);
        if (!parsed) return parsed.error().wanted;
        if (has_sign(*parsed, rule)) {
            out = *parsed;
            return {};
        }
    }
    switch (rule) {
        case AmountRule::positive:
            return "a number above 0";
        case AmountRule::not_negative:
            return "a number of 0 or more";
        case AmountRule::any:
            break;
    }
    return "a number";
}

std::string read(const JsonNode& node, WholeRule rule, std::int64_t& out) {
    std::optional<std::int64_t> number;
    if (is_number_or_text(node)) {
        if (const auto parsed = parse_number(node)) number = whole(*parsed);
    }
    if (!number || *number < rule.min || *number > rule.max) {
        return "a whole number from " + std::to_string(rule.min) + " to " +
               std::to_string(rule.max);
    }
    out = *number;
    return {};
}

std::string read(const JsonNode& node, NoRule, Timestamp& out) {
    constexpr std::string_view kWanted =
        "an ISO-8601 time in UTC such as 2025-11-13T19:15:12.648Z, or whole epoch milliseconds as "
        "a number, from 1970 to 9999";
    std::optional<Timestamp> at;
    if (node.kind == JsonNode::Kind::text) {
        if (const auto parsed = parse_timestamp(node.text)) at = *parsed;
    } else if (node.kind == JsonNode::Kind::number) {
        const auto parsed = parse_number(node);
        const auto ms = parsed ? whole(*parsed) : std::nullopt;
        const auto time = ms ? from_epoch_ms(*ms) : Result<Timestamp>{Error{}};
        if (time) at = *time;
    }
    if (!at) return std::string{kWanted};
    out = *at;
    return {};
}

std::string read(const JsonNode& node, NoRule, bool& out) {
    if (node.kind != JsonNode::Kind::boolean) return "true or false";
    out = node.is_true();
    return {};
}

std::string
read_word(const JsonNode& node, std::span<const std::string_view> words, std::size_t& out) {
    const auto found = std::find(words.begin(), words.end(), node.text);
    if (node.kind == JsonNode::Kind::text && found != words.end()) {
        out = static_cast<std::size_t>(found - words.begin());
        return {};
    }
    std::string wanted = "one of";
    for (const auto word : words) {
        wanted += word == words.front() ? " " : ", ";
        wanted += word;
    }
    return wanted;
}

}  // namespace duel
