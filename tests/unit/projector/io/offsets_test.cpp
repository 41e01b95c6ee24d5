#include "projector/io/offsets.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

TEST_CASE("offsets are JSON by topic and partition, and read back", "[offsets]") {
    const Offsets offsets{{{Topic::trades, 3}, 17}, {{Topic::prices, 0}, 5}};
    REQUIRE(json_of(offsets) == R"({"trades/3": 17, "prices/0": 5})");
    REQUIRE(offsets_from_json(json_of(offsets)) == offsets);
    REQUIRE(offsets_from_json("{}").empty());
}

}  // namespace
}  // namespace duel::projector
