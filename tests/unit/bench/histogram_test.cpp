#include "bench/histogram.hpp"

#include <catch2/catch.hpp>

namespace duel::bench {
namespace {

constexpr std::string_view kPage = R"(# HELP wait_seconds how long
# TYPE wait_seconds histogram
wait_seconds_count{shard="a"} 100
wait_seconds_bucket{shard="a",le="0.01"} 50
wait_seconds_bucket{shard="a",le="0.02"} 90
wait_seconds_bucket{shard="a",le="+Inf"} 100
wait_seconds_bucket{shard="b",le="0.01"} 0
wait_seconds_bucket{shard="b",le="0.02"} 10
wait_seconds_bucket{shard="b",le="+Inf"} 10
wait_seconds_bucket_of_another{le="0.01"} 7
)";

TEST_CASE("a histogram is summed over its labels", "[histogram]") {
    const auto histogram = Histogram::read(kPage, "wait_seconds");
    CHECK(histogram.count() == 110);
    CHECK(histogram.percentile(0.5) == Approx(0.011));
    CHECK(histogram.percentile(0.25) == Approx(0.0055));
    CHECK(histogram.percentile(0.99) == Approx(0.02));
}

TEST_CASE("what came since counts", "[histogram]") {
    const auto histogram = Histogram::read(kPage, "wait_seconds");
    CHECK(histogram.since(histogram).count() == 0);
    CHECK(histogram.since(histogram).percentile(0.5) == 0);
    CHECK(histogram.since({}).count() == 110);
}

}  // namespace
}  // namespace duel::bench
