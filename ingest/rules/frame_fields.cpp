#include "ingest/rules/frame_fields.hpp"

#include <charconv>

namespace duel::ingest {
namespace {

constexpr JsonNode kNothing{};
constexpr std::size_t kLongestId = 200;

std::string_view digits_of(const JsonNode& node) {
    return node.kind == JsonNode::Kind::number ? node.raw : node.text;
}

std::optional<Timestamp> from_epoch_us(std::uint64_t us) {
    constexpr std::uint64_t kUsOfMs = 1'000;
    const auto ms = from_epoch_ms(static_cast<std::int64_t>(us / kUsOfMs));
    if (!ms) return std::nullopt;
    return *ms + std::chrono::microseconds{us % kUsOfMs};
}

}  // namespace

std::optional<Amount> positive_amount(const JsonNode& node) {
    const auto amount = Amount::parse(digits_of(node));
    if (!amount || amount->sign() <= 0) return std::nullopt;
    return *amount;
}

std::optional<std::uint64_t> whole_number(const JsonNode& node) {
    const auto digits = digits_of(node);
    std::uint64_t number = 0;
    const auto [stop, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failure != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
    return number;
}

std::optional<Timestamp> epoch_seconds(std::string_view text) {
    constexpr std::size_t kPlaces = 6;
    const auto point = std::min(text.find('.'), text.size());
    std::string us{text.substr(0, point)};
    if (us.empty() || us.size() > 12) return std::nullopt;
    const auto fraction = text.substr(std::min(point + 1, text.size()));
    us += fraction.substr(0, kPlaces);
    us.append(kPlaces - std::min(kPlaces, fraction.size()), '0');
    const auto number = whole_number(JsonNode{.text = us, .kind = JsonNode::Kind::text});
    return number ? from_epoch_us(*number) : std::nullopt;
}

FrameFields::FrameFields(const JsonNode& object)
    : object_{object.kind == JsonNode::Kind::object ? object : kNothing}, hint_{object_.first()} {}

const JsonNode* FrameFields::node(std::string_view key) {
    if (object_.kind != JsonNode::Kind::object) return nullptr;
    const auto* found = find(object_, key, hint_);
    return found == nullptr || found->kind == JsonNode::Kind::null ? nullptr : found;
}

std::string_view FrameFields::text(std::string_view key) {
    const auto* found = node(key);
    if (found == nullptr || found->kind != JsonNode::Kind::text || found->text.empty() ||
        found->text.size() > kLongestId || found->lone_surrogate ||
        found->text.find('\0') != std::string_view::npos) {
        refuse(key, found, "a text of 1 to 200 bytes");
        return {};
    }
    return found->text;
}

std::string_view FrameFields::text_if_any(std::string_view key) {
    const auto* found = node(key);
    return found != nullptr && found->kind == JsonNode::Kind::text ? found->text
                                                                   : std::string_view{};
}

Amount FrameFields::amount(std::string_view key) {
    const auto* found = node(key);
    const auto amount = found != nullptr ? positive_amount(*found) : std::nullopt;
    if (!amount) refuse(key, found, "a number above 0 and below 10^20, at most 18 places");
    return amount.value_or(Amount{});
}

std::uint64_t FrameFields::whole(std::string_view key) {
    const auto* found = node(key);
    const auto number = found != nullptr ? whole_number(*found) : std::nullopt;
    if (!number) refuse(key, found, "a whole number");
    return number.value_or(0);
}

bool FrameFields::truth(std::string_view key) {
    const auto* found = node(key);
    if (found == nullptr || found->kind != JsonNode::Kind::boolean) {
        refuse(key, found, "true or false");
        return false;
    }
    return found->is_true();
}

Side FrameFields::side(std::string_view key, std::string_view buy, std::string_view sell) {
    const auto word = text_if_any(key);
    if (word == buy) return Side::buy;
    if (word != sell) refuse(key, node(key), "a side");
    return Side::sell;
}

Timestamp FrameFields::epoch_ms(std::string_view key) {
    const auto* found = node(key);
    const auto number = found != nullptr ? whole_number(*found) : std::nullopt;
    if (number && *number <= INT64_MAX)
        if (const auto at = from_epoch_ms(static_cast<std::int64_t>(*number))) return *at;
    refuse(key, found, "milliseconds since 1970");
    return {};
}

Timestamp FrameFields::epoch_us(std::string_view key) {
    const auto* found = node(key);
    const auto number = found != nullptr ? whole_number(*found) : std::nullopt;
    if (number)
        if (const auto at = from_epoch_us(*number)) return *at;
    refuse(key, found, "microseconds since 1970");
    return {};
}

Timestamp FrameFields::iso(std::string_view key) {
    const auto at = parse_timestamp(text_if_any(key));
    if (!at) refuse(key, node(key), "a time");
    return at ? *at : Timestamp{};
}

const JsonNode& FrameFields::list(std::string_view key) {
    const auto* found = node(key);
    if (found != nullptr && found->kind == JsonNode::Kind::array) return *found;
    refuse(key, found, "a list");
    return kNothing;
}

const JsonNode& FrameFields::object(std::string_view key) {
    const auto* found = node(key);
    if (found != nullptr && found->kind == JsonNode::Kind::object) return *found;
    refuse(key, found, "an object");
    return kNothing;
}

void FrameFields::refuse(std::string_view key, const JsonNode* found, std::string_view wanted) {
    if (error_) return;
    error_ = Error{
        Code::invalid_field,
        std::string{key},
        found == nullptr ? std::string{} : excerpt(found->raw),
        std::string{wanted}};
}

}  // namespace duel::ingest
