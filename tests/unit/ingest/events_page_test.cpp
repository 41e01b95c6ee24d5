// docs/events.md promises these records to producers: every example must be what the decoder
// accepts.

#include "core/event.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <variant>
#include <vector>

using namespace duel;

namespace {

// The lines of the page's ```json blocks.
std::vector<std::string> examples() {
    std::ifstream page{std::filesystem::path{DUEL_GOLDEN} / "../../docs/events.md"};
    REQUIRE(page);
    std::vector<std::string> lines;
    bool is_json = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("```"))
            is_json = line == "```json";
        else if (is_json)
            lines.push_back(line);
    }
    return lines;
}

template <class... Events>
std::set<std::string> types(const std::variant<Events...>* /*list*/) {
    return {std::string{Events::kType}...};
}

}  // namespace

TEST_CASE("every example on the producers' page is an event, and every event has one", "[docs]") {
    Decoder decoder;
    std::set<std::string> shown;
    for (const std::string& line : examples()) {
        INFO(line);
        const auto event = decoder.decode(line);
        REQUIRE(event.has_value());
        shown.emplace(type_of(*event));
    }
    REQUIRE(shown == types(static_cast<const Event*>(nullptr)));
}
