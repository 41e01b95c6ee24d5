#include "projector/io/offsets.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

namespace duel::projector {
namespace {

Topic topic_named(std::string_view name) {
    for (const Topic topic : {Topic::trades, Topic::prices, Topic::status}) {
        if (text(topic) == name) return topic;
    }
    throw std::logic_error("unknown topic in stored offsets: " + std::string{name});
}

}  // namespace

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
        const std::size_t slash = name.find('/');
        offsets[{topic_named(name.substr(0, slash)), std::stoi(name.substr(slash + 1))}] = next;
    }
    return offsets;
}

}  // namespace duel::projector
