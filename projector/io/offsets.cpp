#include "projector/io/offsets.hpp"

#include "core/json_document.hpp"

#include <charconv>
#include <fmt/format.h>
#include <stdexcept>

namespace duel::projector {
namespace {

std::int64_t whole_number(const JsonNode& node) {
    std::int64_t number = 0;
    const auto read = std::from_chars(node.raw.begin(), node.raw.end(), number);
    if (read.ec != std::errc{} || read.ptr != node.raw.end())
        throw std::logic_error("stored as a whole number: " + std::string{node.raw});
    return number;
}

}  // namespace

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
    for_each_partition(json, [&](const auto& partition, const std::vector<std::int64_t>& next) {
        offsets[partition] = next.at(0);
    });
    return offsets;
}

void for_each_partition(
    std::string_view json,
    const std::function<
        void(const std::pair<Topic, std::int32_t>&, const std::vector<std::int64_t>&)>& visit
) {
    JsonDocument document;
    if (const auto error = document.parse(json, {1U << 20U, 4}))
        throw std::logic_error("stored by no projector: " + error->sentence());
    for (const JsonNode* key = document.root().first(); key != document.root().end();) {
        const JsonNode& value = *key->next();
        const auto partition = partition_named(key->text);
        if (!partition)
            throw std::logic_error("stored of an unknown partition: " + std::string{key->text});
        std::vector<std::int64_t> numbers;
        if (value.kind == JsonNode::Kind::array) {
            for (const JsonNode* one = value.first(); one != value.end(); one = one->next())
                numbers.push_back(whole_number(*one));
        } else {
            numbers.push_back(whole_number(value));
        }
        visit(*partition, numbers);
        key = value.next();
    }
}

}  // namespace duel::projector
