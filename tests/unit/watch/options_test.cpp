#include "watch/options.hpp"

#include "core/cursor.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace duel::watch {

namespace {

std::string cursor(const std::string& channel_key) {
    return duel::Cursor{"0123456789abcdef", channel_key, 7}.text();
}

}  // namespace

TEST_CASE("each endpoint gets the cursors of its own channels", "[options]") {
    const auto contest = cursor("contest:c1");
    const auto main = cursor("portfolio:w1");
    const auto in_contest = cursor("portfolio:w1/c1");
    const std::vector<std::string> all{contest, main, in_contest};
    using Kind = Endpoint::Kind;
    REQUIRE(cursors_for({Kind::contest, {"contest:c1"}}, all) == std::vector{contest});
    REQUIRE(cursors_for({Kind::contest, {"contest:c2"}}, all).empty());
    REQUIRE(cursors_for({Kind::portfolio, {"portfolio:c1"}}, all) == std::vector{in_contest});
    REQUIRE(cursors_for({Kind::portfolio, {"portfolio"}}, all) == std::vector{main, in_contest});
}

TEST_CASE("an unreadable cursor is the server's to judge", "[options]") {
    const Endpoint endpoint{Endpoint::Kind::contest, {"contest:c1"}};
    REQUIRE(cursors_for(endpoint, {"nonsense"}) == std::vector<std::string>{"nonsense"});
}

}  // namespace duel::watch
