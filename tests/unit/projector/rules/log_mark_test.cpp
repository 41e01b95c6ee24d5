#include "projector/rules/log_mark.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

Timestamp at(int seconds) {
    return Timestamp{std::chrono::seconds{1'764'155'000 + seconds}};
}

// A shard that has applied offsets 0 to 9, and stands at 10.
const LogMark kMark{0, at(0), at(9)};

std::string found(const LogNow& now, std::optional<LogMark> mark = kMark) {
    return difference(10, mark, now).value_or("the same");
}

TEST_CASE("a log that has what was applied and more is the same", "[log_mark]") {
    REQUIRE(found({0, 25, at(0), at(9)}) == "the same");
    REQUIRE(found({0, 10, at(0), at(9)}) == "the same");
}

TEST_CASE("records that were applied may be gone from the beginning of the log", "[log_mark]") {
    REQUIRE(found({5, 25, {}, at(9)}) == "the same");
    REQUIRE(found({10, 25, {}, {}}) == "the same");
    REQUIRE(found({10, 10, {}, {}}) == "the same");
}

TEST_CASE("records that were not applied may not be gone", "[log_mark]") {
    REQUIRE(
        found({12, 25, {}, {}}) ==
        "the log begins at offset 12: 2 records were deleted before they were applied"
    );
}

TEST_CASE("a log that ends before the shard is another one", "[log_mark]") {
    REQUIRE(
        found({0, 9, at(100), {}}) ==
        "the log ends at offset 9: the topic was made anew, or its end was cut off"
    );
    REQUIRE(found({0, 9, {}, {}}, std::nullopt) != "the same");
}

TEST_CASE("another record where the last applied one was is another log", "[log_mark]") {
    REQUIRE(
        found({0, 25, at(0), at(42)}) ==
        "the record of offset 9 that was applied had log time 2025-11-26T11:03:29Z, the one there "
        "now has 2025-11-26T11:04:02Z: the topic was made anew, or its end was cut off"
    );
    REQUIRE(found({0, 25, at(0), {}}).find("the one there now has none") != std::string::npos);
}

TEST_CASE("another first record is another log, although the last one agrees", "[log_mark]") {
    REQUIRE(found({0, 25, at(4), at(9)}).find("the record of offset 0") == 0);
}

TEST_CASE("without a mark only the ends of the log tell", "[log_mark]") {
    REQUIRE(found({0, 25, {}, {}}, std::nullopt) == "the same");
    REQUIRE(difference(0, std::nullopt, {0, 0, {}, {}}) == std::nullopt);
}

TEST_CASE("the first record applied stays in the mark, the last one moves", "[log_mark]") {
    LogMarks marks;
    note(marks, {Topic::prices, 1, 7, at(7)});
    note(marks, {Topic::prices, 1, 8, at(8)});
    REQUIRE(marks == LogMarks{{{Topic::prices, 1}, {7, at(7), at(8)}}});
}

}  // namespace
}  // namespace duel::projector
