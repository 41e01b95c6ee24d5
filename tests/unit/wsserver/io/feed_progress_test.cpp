#include "wsserver/io/feed_progress.hpp"

#include <catch2/catch.hpp>

using namespace duel::wsserver;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kWallMs = 1'700'000'000'000;

Now at(std::chrono::seconds passed) {
    return {Instant{} + 1h + passed, duel::Timestamp{std::chrono::milliseconds{kWallMs}} + passed};
}

}  // namespace

TEST_CASE("a log in which nothing happens is never behind", "[feed]") {
    FeedProgress progress;
    progress.begin(0, at(0s));
    REQUIRE(progress.behind(0, true, at(0s)) == 0s);
    REQUIRE(progress.behind(0, true, at(10'000s)) == 0s);
}

TEST_CASE("a record after a long silence is not taken for an old one", "[feed]") {
    FeedProgress progress;
    progress.begin(0, at(0s));
    progress.handed(0, 5);
    progress.worked_off(0, 5, kWallMs);
    REQUIRE(progress.behind(0, true, at(3'600s)) == 0s);
    REQUIRE(progress.behind(0, false, at(3'601s)) == 1s);
}

TEST_CASE("behind is the age of what was worked off while more is there", "[feed]") {
    FeedProgress progress;
    progress.begin(0, at(0s));
    progress.handed(0, 10);
    REQUIRE(progress.behind(0, true, at(20s)) == 20s);
    progress.worked_off(0, 5, kWallMs + 15'000);
    REQUIRE(progress.behind(0, true, at(20s)) == 5s);
    progress.worked_off(0, 10, kWallMs + 18'000);
    REQUIRE(progress.behind(0, false, at(20s)) == 2s);
    REQUIRE(progress.behind(0, true, at(20s)) == 0s);
}
