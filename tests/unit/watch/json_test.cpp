#include "watch/json.hpp"

#include <catch2/catch.hpp>

#include <string>

using duel::watch::Json;

namespace {

std::string written_again(std::string_view text) {
    const auto value = Json::parse(text);
    return value ? value->dump() : "refused";
}

}  // namespace

TEST_CASE("numbers are written back with the digits that came", "[json]") {
    const std::string text =
        R"({"a":0.1,"b":1e-18,"c":99999999999999999999.123456789012345678,"d":-12,"e":[1.0,2.50]})";
    REQUIRE(written_again(text) == text);
}

TEST_CASE("members keep their order and texts their characters", "[json]") {
    const std::string text = R"({"z":"ä \" \\","a":[{},[],null,true,false],"\u0001":""})";
    REQUIRE(written_again(text) == text);
}

TEST_CASE("what is no JSON, too deep or ambiguous is refused", "[json]") {
    const std::string deep = std::string(101, '[') + std::string(101, ']');
    REQUIRE(written_again("") == "refused");
    REQUIRE(written_again("{\"a\":1} x") == "refused");
    REQUIRE(written_again(R"({"a":1,"a":2})") == "refused");
    REQUIRE(written_again(deep) == "refused");
    REQUIRE(written_again(deep.substr(1, 200)) == deep.substr(1, 200));
}

TEST_CASE("a member's text is its string or its digits, and empty where there is none", "[json]") {
    const auto value = Json::parse(R"({"name":"SOL","price":142.10,"list":[]})");
    REQUIRE(value->text("name") == "SOL");
    REQUIRE(value->text("price") == "142.10");
    REQUIRE(value->text("list").empty());
    REQUIRE(value->text("missing").empty());
}
