#include "ingest/rules/random.hpp"

#include <catch2/catch.hpp>

using duel::ingest::Random;

// splitmix64's reference numbers for seed 0 as the state of the reference xoshiro256**.
TEST_CASE("the generator gives the reference numbers of xoshiro256**", "[random]") {
    Random random{0};
    REQUIRE(random.bits() == 11091344671253066420U);
    REQUIRE(random.bits() == 13793997310169335082U);
    REQUIRE(random.bits() == 1900383378846508768U);
}

TEST_CASE("numbers stay within their limits and reach both ends", "[random]") {
    Random random{7};
    bool low = false;
    bool high = false;
    for (int draw = 0; draw < 10'000; ++draw) {
        const auto number = random.between(-3, 3);
        REQUIRE(number >= -3);
        REQUIRE(number <= 3);
        low = low || number == -3;
        high = high || number == 3;
    }
    REQUIRE(low);
    REQUIRE(high);
}

TEST_CASE("the bell is centred and has the deviation that was asked for", "[random]") {
    Random random{11};
    constexpr int kDraws = 100'000;
    double sum = 0;
    double squares = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
        const auto number = static_cast<double>(random.bell(1'000));
        sum += number;
        squares += number * number;
    }
    REQUIRE(sum / kDraws == Approx(0).margin(15));
    REQUIRE(squares / kDraws == Approx(1'000.0 * 1'000.0).epsilon(0.03));
}
