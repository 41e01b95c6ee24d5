#include "bench/deliveries.hpp"

#include "bench/report.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace duel::bench {
namespace {

using std::chrono::milliseconds;

std::string message(const std::string& price) {
    return R"({"type":"TRADE_EXECUTED","data":{"amount":1,"price":)" + price + R"(,"seq":5}})";
}

}  // namespace

TEST_CASE("an event is told by its price", "[deliveries]") {
    const Deliveries deliveries{2'000'000};
    for (const std::size_t number : {0, 1, 10, 999'999, 1'000'000, 1'999'999}) {
        const auto price = Deliveries::price_of(number).text();
        REQUIRE(deliveries.number_in(message(price)) == number);
        REQUIRE(deliveries.number_in(R"({"price":)" + price + "}") == number);
    }
}

TEST_CASE("prices that are not ours name no event", "[deliveries]") {
    const Deliveries deliveries{10};
    for (const auto* price : {"99", "100.00001", "100.0000001", "-100", "\"100\"", ""}) {
        REQUIRE_FALSE(deliveries.number_in(message(price)));
    }
    REQUIRE_FALSE(deliveries.number_in(R"({"type":"pong"})"));
}

TEST_CASE("latency counts from when the event was due, after the warm-up", "[deliveries]") {
    Deliveries deliveries{3};
    deliveries.count_from(1);
    const auto due = Clock::now();
    deliveries.receive(2, due);  // not produced yet: an older price
    for (const std::size_t number : {0, 1, 2}) {
        deliveries.stamp(number, due + milliseconds{number});
        deliveries.receive(number, due + milliseconds{10});
    }
    REQUIRE(deliveries.received() == 2);
    REQUIRE(deliveries.milliseconds() == std::vector<double>{9, 8});
}

TEST_CASE("a percentile is the value that so many lie below", "[report]") {
    std::vector<double> samples;
    for (int i = 100; i >= 1; --i)
        samples.push_back(i);
    REQUIRE(percentile(samples, 0.5) == 51);
    REQUIRE(percentile(samples, 0.99) == 100);
    REQUIRE(percentile(samples, 1.0) == 100);
    std::vector<double> none;
    REQUIRE(percentile(none, 0.5) == 0);
}

}  // namespace duel::bench
