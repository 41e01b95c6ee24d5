#include "projector/io/log_check.hpp"

#include "projector/io/log_marks.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

TEST_CASE("an accepted loss names a partition and an offset", "[log_check]") {
    REQUIRE(loss_from_text("trades/3:17") == Loss{{Topic::trades, 3}, 17});
    REQUIRE(loss_from_text("prices/0:0") == Loss{{Topic::prices, 0}, 0});
    for (const auto* wrong :
         {"",
          "trades",
          "trades/3",
          "trades/3:",
          "trades/:1",
          "trades/-1:1",
          "trades/3:-1",
          "trades/3:1x",
          "trades/3x:1",
          "tickers/3:1",
          "/3:1",
          "trades/3:99999999999999999999"})
        REQUIRE(loss_from_text(wrong) == std::nullopt);
}

TEST_CASE("log marks are JSON by topic and partition, and read back", "[log_check]") {
    const auto at = [](int ms) { return Timestamp{std::chrono::milliseconds{ms}}; };
    const LogMarks marks{
        {{Topic::trades, 3}, {0, at(1500), at(1600)}}, {{Topic::prices, 0}, {4, at(7), at(8)}}};
    REQUIRE(json_of(marks) == R"({"trades/3": [0, 1500, 1600], "prices/0": [4, 7, 8]})");
    REQUIRE(log_marks_from_json(json_of(marks)) == marks);
    REQUIRE(log_marks_from_json("{}").empty());
}

}  // namespace
}  // namespace duel::projector
