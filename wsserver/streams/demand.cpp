#include "wsserver/streams/demand.hpp"

#include <algorithm>
#include <set>

namespace duel::wsserver {

Result<std::vector<std::string>> texts_of(const Demand& demand, std::string_view name) {
    const Error refused{
        Code::invalid_field,
        std::string{name},
        "",
        "an array of 1 to " + std::to_string(kMostNames) + " texts"};
    const auto found = demand.fields.find(name);
    if (found == demand.fields.end() || !found->is_array() || found->empty() ||
        found->size() > kMostNames)
        return refused;
    std::vector<std::string> texts;
    std::set<std::string_view> seen;
    for (const auto& element : *found) {
        if (!element.is_string()) return refused;
        const auto& text = element.get_ref<const std::string&>();
        if (seen.insert(text).second) texts.push_back(text);
    }
    return texts;
}

bool is_type(const Demand& demand, std::string_view type) {
    const auto lower = [](char character) {
        return character >= 'A' && character <= 'Z' ? static_cast<char>(character + ('a' - 'A'))
                                                    : character;
    };
    return std::equal(
        demand.type.begin(),
        demand.type.end(),
        type.begin(),
        type.end(),
        [&](char a, char b) { return lower(a) == lower(b); }
    );
}

Error unknown_demand(const Demand& demand, std::string wanted) {
    return {Code::unknown_message, "type", excerpt(demand.type), std::move(wanted)};
}

}  // namespace duel::wsserver
