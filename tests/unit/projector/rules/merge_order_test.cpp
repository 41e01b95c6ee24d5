#include "projector/rules/merge_order.hpp"

#include "tests/unit/projector/rules/events.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

MergeKey key(double seconds, Topic topic, std::int32_t partition, std::int64_t offset) {
    return {at(seconds), topic, partition, offset};
}

TEST_CASE(
    "records go by log time, then prices before trades, then partition and offset",
    "[merge]"
) {
    REQUIRE(key(1, Topic::trades, 9, 9) < key(2, Topic::prices, 0, 0));
    REQUIRE(key(1, Topic::prices, 9, 9) < key(1, Topic::trades, 0, 0));
    REQUIRE(key(1, Topic::prices, 0, 9) < key(1, Topic::prices, 1, 0));
    REQUIRE(key(1, Topic::prices, 0, 0) < key(1, Topic::prices, 0, 1));
}

TEST_CASE("a record that belongs before one already taken begins a new stretch", "[merge]") {
    Stretch stretch;
    REQUIRE_FALSE(stretch.take(key(5, Topic::trades, 0, 0)));
    REQUIRE_FALSE(stretch.take(key(5, Topic::trades, 0, 1)));
    REQUIRE(stretch.take(key(4, Topic::prices, 0, 0)));
    REQUIRE_FALSE(stretch.take(key(4.5, Topic::prices, 0, 1)));
    REQUIRE_FALSE(stretch.take(key(6, Topic::trades, 0, 2)));
}

}  // namespace
}  // namespace duel::projector
