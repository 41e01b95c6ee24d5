#include "wsserver/streams/target.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <simdjson.h>

namespace duel::wsserver {
namespace {

std::optional<unsigned> hex_digit(char character) {
    if (character >= '0' && character <= '9') return static_cast<unsigned>(character - '0');
    if (character >= 'a' && character <= 'f') return static_cast<unsigned>(character - 'a' + 10);
    if (character >= 'A' && character <= 'F') return static_cast<unsigned>(character - 'A' + 10);
    return {};
}

enum class Plus { is_plus, is_space };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto character = text[i];
        if (character == '%') {
            if (i + 2 >= text.size()) return {};
            const auto high = hex_digit(text[i + 1]);
            const auto low = hex_digit(text[i + 2]);
            if (!high || !low) return {};
            character = static_cast<char>(*high << 4 | *low);
            i += 2;
        } else if (character == '+' && plus == Plus::is_space) {
            character = ' ';
        }
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) return {};
        out += character;
    }
    if (!simdjson::validate_utf8(out)) return {};
    return out;
}

Error refused(std::string_view found, std::string wanted) {
    return {Code::invalid_field, "target", excerpt(found), std::move(wanted)};
}

}  // namespace

Result<Target> Target::parse(std::string_view text) {
    constexpr auto* kWanted = "a path and a query in UTF-8 with whole percent escapes";
    // What stands behind the mark may be a secret.
    const auto mark = text.find('?');
    if (!text.starts_with('/')) return refused(text.substr(0, mark), kWanted);
    auto path = decoded(text.substr(0, mark), Plus::is_plus);
    if (!path) return refused(text.substr(0, mark), kWanted);
    Target target{std::move(*path), {}};
    auto rest = mark == text.npos ? std::string_view{} : text.substr(mark + 1);
    while (!rest.empty()) {
        const auto part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        if (part.empty()) continue;
        const auto equals = part.find('=');
        auto name = decoded(part.substr(0, equals), Plus::is_space);
        auto value = equals == part.npos ? std::optional{std::string{}}
                                         : decoded(part.substr(equals + 1), Plus::is_space);
        // The value may be a secret that somebody put into the wrong place: never quoted.
        if (!name || !value) return refused(part.substr(0, equals), kWanted);
        if (target.query.size() == kMaxParameters) return refused("", "fewer parameters");
        target.query.emplace_back(std::move(*name), std::move(*value));
    }
    return target;
}

const std::string* Target::last(std::string_view name) const {
    const auto found = std::find_if(query.rbegin(), query.rend(), [&](const auto& parameter) {
        return parameter.first == name;
    });
    return found == query.rend() ? nullptr : &found->second;
}

std::string Target::take(std::string_view name) {
    const auto* found = last(name);
    std::string value = found == nullptr ? "" : *found;
    std::erase_if(query, [&](const auto& parameter) { return parameter.first == name; });
    return value;
}

std::vector<std::string> Target::all(std::string_view name) const {
    std::vector<std::string> values;
    for (const auto& [found, value] : query)
        if (found == name) values.push_back(value);
    return values;
}

std::vector<std::string> comma_separated(std::string_view text) {
    std::vector<std::string> parts;
    std::set<std::string_view> seen;  // thousands may come before anybody is known
    while (!text.empty()) {
        const auto part = text.substr(0, text.find(','));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (!part.empty() && seen.insert(part).second) parts.emplace_back(part);
    }
    return parts;
}

}  // namespace duel::wsserver
