#include "projector/io/offsets.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <fmt/format.h>
#include <stdexcept>

namespace duel::projector {
std::optional<std::pair<Topic, std::int32_t>> partition_named(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string_view digits = text.substr(slash + 1);
    std::int32_t partition = -1;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), partition);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || partition < 0)
        return std::nullopt;
    for (const Topic topic : {Topic::trades, Topic::prices, Topic::status}) {
        if (duel::text(topic) == text.substr(0, slash)) return std::pair{topic, partition};
    }
    return std::nullopt;
}

std::string json_of(const Offsets& offsets) {
    std::string json = "{";
    for (const auto& [partition, next] : offsets) {
        fmt::format_to(
            std::back_inserter(json),
            "{}\"{}/{}\": {}",
            json.size() > 1 ? ", " : "",
            text(partition.first),
            partition.second,
            next
        );
    }
    return json + "}";
}

Offsets offsets_from_json(std::string_view json) {
    Offsets offsets;
    const auto stored = nlohmann::json::parse(json).get<std::map<std::string, std::int64_t>>();
    for (const auto& [name, next] : stored) {
        const auto partition = partition_named(name);
        if (!partition) throw std::logic_error("unknown partition in stored offsets: " + name);
        offsets[*partition] = next;
    }
    return offsets;
}

}  // namespace duel::projector
