#pragma once

#include "core/amount.hpp"
#include "core/fields.hpp"
#include "core/json_document.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Fills a struct from a JSON object by the struct's list of fields. Included by the decoders only.
namespace duel {

// Each read() takes one value. It returns what was wanted where the value is refused, and an empty
// text otherwise.
std::string read(const JsonNode& node, TextRule rule, std::string& out);
std::string read(const JsonNode& node, AmountRule rule, Amount& out);
std::string read(const JsonNode& node, WholeRule rule, std::int64_t& out);
std::string read(const JsonNode& node, NoRule, Timestamp& out);
std::string read(const JsonNode& node, NoRule, bool& out);
std::string
read_word(const JsonNode& node, std::span<const std::string_view> words, std::size_t& out);

template <Word E>
std::string read(const JsonNode& node, NoRule, E& out) {
    std::size_t index = 0;
    std::string wanted = read_word(node, kWords<E>, index);
    out = static_cast<E>(index);
    return wanted;
}

template <class T, class Rule>
std::string read(const JsonNode& node, Rule rule, std::optional<T>& out) {
    return read(node, rule, out.emplace());
}

inline std::string read(const JsonNode& node, NoRule, std::string& out) {
    return read(node, kAnyText, out);
}

template <HasFields T>
std::string read(const JsonNode& node, NoRule, T& out);

template <class T>
std::string read(const JsonNode& node, NoRule rule, std::vector<T>& out) {
    if (node.kind != JsonNode::Kind::array) return "a list";
    for (const JsonNode* element = node.first(); element != node.end(); element = element->next()) {
        if (std::string wanted = read(*element, rule, out.emplace_back()); !wanted.empty())
            return wanted;
    }
    return {};
}

// What a field that is not there reads as: every rule refuses it and says what it wants.
inline const JsonNode kAbsent{};

// Unknown fields are ignored; an optional one that is null is absent.
template <HasFields T>
std::optional<Error> read_fields(const JsonNode& object, T& out) {
    std::optional<Error> error;
    const JsonNode* hint = object.first();
    const auto read_one = [&](const auto& field) {
        const JsonNode* const found = find(object, field.name, hint);
        const bool absent = found == nullptr || found->kind == JsonNode::Kind::null;
        if (absent && field.presence == Presence::optional) return true;
        std::string wanted =
            read(found == nullptr ? kAbsent : *found, field.rule, out.*field.member);
        if (wanted.empty()) return true;
        error = Error{
            Code::invalid_field,
            std::string{field.name},
            found == nullptr ? std::string{} : excerpt(found->raw),
            std::move(wanted)};
        return false;
    };
    static constexpr auto kFields = T::fields();
    std::apply([&](const auto&... field) { (void)(read_one(field) && ...); }, kFields);
    return error;
}

template <HasFields T>
std::string read(const JsonNode& node, NoRule, T& out) {
    if (node.kind != JsonNode::Kind::object) return "an object";
    const auto error = read_fields(node, out);
    return error ? "in each: " + error->field + " " + error->wanted : std::string{};
}

}  // namespace duel
