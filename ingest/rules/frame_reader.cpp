#include "ingest/rules/frame_reader.hpp"

namespace duel::ingest {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::string_view kListBegin = R"({"list":)";

}  // namespace

std::optional<Error> FrameReader::read(std::string_view frame) {
    reading_.clear();
    if (!exchange_.answer.empty() && frame == exchange_.answer) {
        reading_.kind = FrameReading::Kind::heartbeat;
        return std::nullopt;
    }
    auto error = parse(frame);
    if (error) reading_.clear();
    return error;
}

std::optional<Error> FrameReader::parse(std::string_view frame) {
    constexpr JsonLimits kLimits{.max_bytes = kMaxFrameBytes, .max_depth = kMaxDepth};
    const bool is_list = frame.starts_with('[');
    if (is_list && frame.size() <= kMaxFrameBytes) {
        // Documents are objects: a list becomes the only member of one.
        wrapped_.assign(kListBegin).append(frame).append("}");
        frame = wrapped_;
    }
    if (auto error = document_.parse(frame, kLimits)) return error;
    const auto& root = document_.root();
    if (!is_list) return exchange_.read(root, reading_);
    const auto* list = root.first()->next();
    if (list->next() == root.end()) return exchange_.read(*list, reading_);
    return Error{Code::malformed_json, {}, excerpt(frame), "one list and nothing after it"};
}

}  // namespace duel::ingest
