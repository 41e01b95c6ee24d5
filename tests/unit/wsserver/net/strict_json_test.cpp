#include "wsserver/net/strict_json.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace duel::wsserver;
using nlohmann::json;

namespace {

json random_value(std::mt19937& random, int depth) {
    switch (random() % (depth > 0 ? 9U : 7U)) {
        case 0:
            return nullptr;
        case 1:
            return random() % 2 == 0;
        case 2:
            return -static_cast<std::int64_t>(random());
        case 3:
            return static_cast<std::uint64_t>(random()) << 32;
        case 4:
            return static_cast<double>(random()) / 7;
        case 5:
            return "";
        case 6:
            return "a \"text\"\n" + std::to_string(random());
        case 7: {
            auto list = json::array();
            for (auto left = random() % 4; left > 0; --left)
                list.push_back(random_value(random, depth - 1));
            return list;
        }
        default: {
            auto object = json::object();
            for (auto left = random() % 4; left > 0; --left)
                object[std::to_string(random() % 10)] = random_value(random, depth - 1);
            return object;
        }
    }
}

}  // namespace

TEST_CASE("what is taken is what the text says", "[json]") {
    std::mt19937 random{7};
    for (int i = 0; i < 2'000; ++i) {
        const auto value = random_value(random, 4);
        REQUIRE(parse_strictly(value.dump(), 4) == value);
        REQUIRE(parse_strictly(" \n" + value.dump(2) + '\t', 4) == value);
    }
}

TEST_CASE("JSON is refused where it is too deep, and before that is built", "[json]") {
    REQUIRE(parse_strictly("[[[]]]", 3) == json::parse("[[[]]]"));
    REQUIRE(parse_strictly(R"({"a":[{}],"b":[{}]})", 3) == json::parse(R"({"a":[{}],"b":[{}]})"));
    REQUIRE_FALSE(parse_strictly("[[[]]]", 2));
    REQUIRE_FALSE(parse_strictly(R"([{"a":[]}])", 2));
    REQUIRE_FALSE(parse_strictly(std::string(1'000'000, '['), 64));
}

TEST_CASE("JSON is refused where a key is there twice, or the text is not all of it", "[json]") {
    for (const std::string text :
         {R"({"a":1,"a":1})",
          R"({"a":{},"\u0061":1})",
          R"([{"x":{"b":1,"b":2}}])",
          "",
          "{",
          "{}{}",
          "[1,]",
          "\"\xFF\"",
          "\"\\ud800\"",
          "1e400",
          "NaN",
          "\xEF\xBB\xBF{}"})
        REQUIRE_FALSE(parse_strictly(text, 8));
    REQUIRE_FALSE(parse_strictly(std::string{"{}"} + '\0', 8));
    REQUIRE_FALSE(parse_strictly(std::string{"{}"} + '\0' + "{}", 8));
    REQUIRE(parse_strictly(R"([{"a":1},{"a":2}])", 8));
}
