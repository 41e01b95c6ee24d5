#include "wsserver/streams/streams.hpp"

namespace duel::wsserver {

std::optional<Match> match(std::string_view path) {
    for (const auto& endpoint : kEndpoints) {
        const auto fixed = endpoint.path.substr(0, endpoint.path.find("{id}"));
        if (fixed.size() == endpoint.path.size()) {
            if (path == fixed) return Match{&endpoint, {}};
        } else if (path.size() > fixed.size() && path.starts_with(fixed)) {
            return Match{&endpoint, std::string{path.substr(fixed.size())}};
        }
    }
    return {};
}

bool asks_for_diff(const Target& target) {
    const auto* mode = target.last("mode");
    return mode != nullptr && *mode == "diff";
}

Result<std::string> id_from(std::string_view field, const std::string& text) {
    if (text.empty() || text.size() > 200 || text.find('\0') != text.npos)
        return Error{
            Code::invalid_field,
            std::string{field},
            excerpt(text),
            "1 to 200 bytes, none of them NUL"};
    return text;
}

}  // namespace duel::wsserver
