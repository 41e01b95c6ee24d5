#include "core/event.hpp"
#include "golden.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

Topic topic_named(const std::string& name) {
    for (const Topic topic : {Topic::trades, Topic::prices, Topic::status}) {
        if (text(topic) == name) return topic;
    }
    throw std::runtime_error{"no topic " + name};
}

template <class... Events>
std::set<std::string> all_types(const std::variant<Events...>*) {
    return {std::string{Events::kType}...};
}

}  // namespace

TEST_CASE("every event has a golden file", "[event][golden]") {
    std::set<std::string> missing = all_types(static_cast<const Event*>(nullptr));
    for (const auto& name : golden::event_files())
        missing.erase(name);
    REQUIRE(missing.empty());
}

TEST_CASE("golden records are accepted, and written again as the file says", "[event][golden]") {
    Decoder decoder;
    int accepted = 0;
    for (const auto& file : golden::event_files()) {
        const auto content = golden::load(file);
        const Topic topic = topic_named(content.at("topic"));
        for (const auto& entry : content.value("accepted", nlohmann::json::array())) {
            INFO(file << ": " << entry.at("name"));
            const auto event = decoder.decode(topic, golden::record(entry));
            REQUIRE((event ? "" : event.error().sentence()) == "");
            REQUIRE(type_of(*event) == file);
            REQUIRE(topic_of(*event) == topic);
            std::string encoded;
            encode(*event, encoded);
            REQUIRE(encoded == entry.at("encoded").get<std::string>());
            REQUIRE(decoder.decode(encoded).value() == *event);
            ++accepted;
        }
    }
    REQUIRE(accepted > 50);
}

TEST_CASE(
    "golden refusals have the code and the field that the file says, and a sentence",
    "[event][golden]"
) {
    Decoder decoder;
    int refused = 0;
    for (const auto& file : golden::event_files()) {
        const auto content = golden::load(file);
        for (const auto& entry : content.value("refused", nlohmann::json::array())) {
            INFO(file << ": " << entry.at("name"));
            const auto event =
                decoder.decode(topic_named(content.at("topic")), golden::record(entry));
            REQUIRE_FALSE(event.has_value());
            const Error& error = event.error();
            REQUIRE(text(error.code) == entry.at("code").get<std::string>());
            REQUIRE(error.field == entry.at("field").get<std::string>());
            REQUIRE_FALSE(error.wanted.empty());
            REQUIRE(excerpt(error.value) == error.value);
            ++refused;
        }
    }
    REQUIRE(refused > 200);
}
