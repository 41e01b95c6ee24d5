#include "wsserver/streams/target.hpp"

#include <catch2/catch.hpp>

using duel::wsserver::comma_separated;

TEST_CASE("a list has each part once, in order, however many there are", "[target]") {
    REQUIRE(comma_separated("B,A,,B,C,") == std::vector<std::string>{"B", "A", "C"});
    REQUIRE(comma_separated(",,").empty());
    std::string text;
    std::vector<std::string> wanted;
    for (int i = 0; i < 4'000; ++i) {
        wanted.push_back(std::to_string(9'000 - i));
        text += wanted.back() + ',';
    }
    REQUIRE(comma_separated(text + text) == wanted);
}
