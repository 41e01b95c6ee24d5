#include "ingest/rules/recorded_frame.hpp"

#include "ingest/rules/frame_fields.hpp"

namespace duel::ingest {
namespace {

constexpr std::size_t kDigitsOfUs = 16;
constexpr std::size_t kDigitsOfNs = 19;

// `<epoch>: <message>` or `<epoch>` alone.
std::optional<RecordedFrame> parse_seconds(RecordedFrame::Kind kind, std::string_view rest) {
    const auto end = std::min(rest.find(": "), rest.size());
    const auto at = epoch_seconds(rest.substr(0, end));
    if (!at) return std::nullopt;
    return RecordedFrame{kind, *at, rest.substr(std::min(end + 2, rest.size()))};
}

}  // namespace

std::optional<RecordedFrame> parse_recorded_frame(std::string_view line) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    auto first = line.substr(0, space);
    if (line.starts_with("wss://")) {
        const auto rest = line.substr(space + 1);
        if (rest.starts_with("<-> "))
            return parse_seconds(RecordedFrame::Kind::connected, rest.substr(4));
        if (rest.starts_with("<- "))
            return parse_seconds(RecordedFrame::Kind::sent, rest.substr(3));
        return std::nullopt;
    }
    if (first.ends_with(':')) return parse_seconds(RecordedFrame::Kind::received, line);
    if (first.size() == kDigitsOfNs) first.remove_suffix(kDigitsOfNs - kDigitsOfUs);
    if (first.size() != kDigitsOfUs) return std::nullopt;
    const auto us = whole_number(JsonNode{.text = first, .kind = JsonNode::Kind::text});
    if (!us) return std::nullopt;
    const Timestamp at{std::chrono::microseconds{static_cast<std::int64_t>(*us)}};
    return RecordedFrame{RecordedFrame::Kind::received, at, line.substr(space + 1)};
}

}  // namespace duel::ingest
