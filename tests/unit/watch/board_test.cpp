#include "watch/board.hpp"

#include "tests/unit/watch/messages.hpp"

#include <catch2/catch.hpp>

namespace duel::watch {

namespace {

Mirror contest_of_three() {
    Mirror mirror;
    mirror.apply(made::read(made::state(
        "contest:c1",
        7,
        "CONTEST_UPDATED",
        R"({"contest_id":"c1","status":"active","time_remaining":3725,"total_participants":3,)"
        R"("total_prize_pool":1000})"
    )));
    mirror.apply(made::read(made::state(
        "contest:c1",
        7,
        "LEADERBOARD_UPDATED",
        R"({"contest_id":"c1","leaderboard":[)"
        R"({"rank":1,"wallet_address":"w1","username":"alice","portfolio_value":10525.005,)"
        R"("performance":5.25005,"last_trade_time":"2025-11-13T19:15:12Z"},)"
        R"({"rank":2,"wallet_address":"w2","username":"bob","portfolio_value":10000,"performance":0},)"
        R"({"rank":3,"wallet_address":"0x1234567890abcdef","username":"","portfolio_value":9000,)"
        R"("performance":-10}],"timestamp":"2025-11-13T19:15:13Z"})"
    )));
    return mirror;
}

}  // namespace

TEST_CASE("the board shows the contest, its ranking and the hints", "[board]") {
    BoardLook look;
    look.connection = "live";
    look.hints = {"try: ./run psql"};
    REQUIRE(
        board_screen(contest_of_three(), "contest:c1", look) ==
        R"(contest:c1 · active · 3 participants · prize pool 1,000 · 1:02:05 left · live

 rank  name                           portfolio value   performance  last trade
    1  alice                                10,525.01       +5.25 %    19:15:12
    2  bob                                  10,000.00       +0.00 %
    3  0x12…cdef                             9,000.00      -10.00 %

try: ./run psql
)"
    );
}

TEST_CASE("a low terminal keeps the hints and drops the last ranks", "[board]") {
    BoardLook look;
    look.hints = {"try this"};
    look.height = 8;
    const auto screen = board_screen(contest_of_three(), "contest:c1", look);
    REQUIRE(screen.find("bob") != std::string::npos);
    REQUIRE(screen.find("0x12") == std::string::npos);
    REQUIRE(screen.find("… and 1 more") != std::string::npos);
    REQUIRE(screen.find("try this") != std::string::npos);
    REQUIRE(std::count(screen.begin(), screen.end(), '\n') <= 8);
}

TEST_CASE("colours only where they are wanted", "[board]") {
    BoardLook look;
    REQUIRE(board_screen(contest_of_three(), "contest:c1", look).find('\x1b') == std::string::npos);
    look.colour = true;
    REQUIRE(
        board_screen(contest_of_three(), "contest:c1", look).find("\x1b[32m    1") !=
        std::string::npos
    );
}

TEST_CASE("a board without ranking says so", "[board]") {
    REQUIRE(board_screen({}, "contest:c1", {}).find("nobody is ranked yet") != std::string::npos);
    REQUIRE(board_line({}, "contest:c1").empty());
}

TEST_CASE("in one line the board names the first three", "[board]") {
    REQUIRE(
        board_line(contest_of_three(), "contest:c1") ==
        "contest:c1 3 ranked · 1. alice 10,525.01 +5.25 % · 2. bob 10,000.00 +0.00 % · "
        "3. 0x12…cdef 9,000.00 -10.00 %"
    );
}

}  // namespace duel::watch
