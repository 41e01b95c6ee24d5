#include "ingest/rules/price_policy.hpp"

#include "ingest/rules/latest_ticks.hpp"
#include "ingest/rules/random.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace duel;
using namespace duel::ingest;
using namespace std::chrono_literals;

namespace {

const PricePolicy::Now kStart{1h};

PricePolicy policy(PricePolicy::Kind kind, std::size_t sources = 3) {
    return PricePolicy{
        {.kind = kind, .fresh_for = 5s, .most_percent = Amount::from_integer(10)}, sources};
}

// "100", or what became of it.
std::string
judged(PricePolicy& under, std::size_t source, std::int64_t price, PricePolicy::Now now = kStart) {
    auto amount = Amount::from_integer(price);
    switch (under.judge("BTC", source, amount, now)) {
        case PricePolicy::Verdict::spare:
            return "spare";
        case PricePolicy::Verdict::outlier:
            return "outlier";
        case PricePolicy::Verdict::pass:
            break;
    }
    return amount.text();
}

}  // namespace

TEST_CASE("the first fresh source speaks, the next takes over when it is silent", "[policy]") {
    auto under = policy(PricePolicy::Kind::primary, 2);
    REQUIRE(judged(under, 1, 100) == "100");
    REQUIRE(judged(under, 0, 101) == "101");
    REQUIRE(judged(under, 1, 102) == "spare");
    REQUIRE(judged(under, 1, 103, kStart + 5s) == "spare");
    REQUIRE(judged(under, 1, 104, kStart + 5s + 1ms) == "104");
    REQUIRE(judged(under, 0, 105, kStart + 6s) == "105");
    REQUIRE(judged(under, 1, 105, kStart + 6s) == "spare");
    under.refresh("BTC", 0, Amount::from_integer(105), kStart + 10s);
    REQUIRE(judged(under, 1, 105, kStart + 12s) == "spare");
}

TEST_CASE("a source that is down speaks for nothing at once", "[policy]") {
    auto under = policy(PricePolicy::Kind::primary, 2);
    REQUIRE(judged(under, 0, 100) == "100");
    under.on_down(0);
    REQUIRE(judged(under, 1, 100) == "100");
    under.refresh("BTC", 0, Amount::from_integer(100), kStart);
    REQUIRE(judged(under, 1, 100) == "100");
}

TEST_CASE("the median is of what the fresh sources told last", "[policy]") {
    auto under = policy(PricePolicy::Kind::median);
    REQUIRE(judged(under, 0, 100) == "100");
    REQUIRE(judged(under, 1, 103) == "101.5");
    REQUIRE(judged(under, 2, 104) == "103");
    REQUIRE(judged(under, 1, 106, kStart + 6s) == "106");
}

TEST_CASE("a price that departs from two others is held back, and is no measure", "[policy]") {
    auto under = policy(PricePolicy::Kind::primary);
    judged(under, 0, 100);
    judged(under, 1, 100);
    REQUIRE(judged(under, 2, 111) == "outlier");
    REQUIRE(judged(under, 2, 89) == "outlier");
    REQUIRE(judged(under, 2, 110) == "spare");
    REQUIRE(judged(under, 0, 200) == "outlier");
    REQUIRE(judged(under, 0, 101) == "101");
}

TEST_CASE("of two that differ the preferred one passes", "[policy]") {
    auto under = policy(PricePolicy::Kind::median, 2);
    judged(under, 0, 100);
    REQUIRE(judged(under, 1, 150) == "outlier");
    REQUIRE(judged(under, 0, 150) == "150");
    REQUIRE(judged(under, 1, 150) == "150");
    REQUIRE(judged(under, 0, 200) == "175");
}

TEST_CASE("a market that leaps holds prices back for a while and not for good", "[policy]") {
    auto under = policy(PricePolicy::Kind::median);
    for (std::size_t source = 0; source < 3; ++source)
        judged(under, source, 100);
    for (std::size_t source = 0; source < 3; ++source) {
        REQUIRE(judged(under, source, 200, kStart + 1s) == "outlier");
        under.refresh("BTC", source, Amount::from_integer(200), kStart + 4s);  // told once more
    }
    REQUIRE(judged(under, 1, 200, kStart + 5s + 1ms) == "200");
    REQUIRE(judged(under, 0, 201, kStart + 6s) == "200.5");
}

TEST_CASE("the largest prices are compared without overflowing", "[policy]") {
    const auto huge = Amount::from_units(Amount::kLimit - 1);
    const auto nearly = Amount::from_units(Amount::kLimit - 3);
    const auto least = Amount::from_units(1);
    for (const auto kind : {PricePolicy::Kind::primary, PricePolicy::Kind::median})
        for (const auto& told :
             {std::array{huge, nearly, least}, std::array{least, huge, nearly}}) {
            auto under = policy(kind);
            for (const std::size_t source : {2, 1, 0, 1, 2}) {
                auto price = told.at(source);
                under.judge("BTC", source, price, kStart);
            }
        }
    auto under = policy(PricePolicy::Kind::median, 2);
    auto price = nearly;
    under.judge("BTC", 1, price, kStart);
    price = huge;
    REQUIRE(under.judge("BTC", 0, price, kStart) == PricePolicy::Verdict::pass);
    REQUIRE(price == Amount::from_units(Amount::kLimit - 2));
}

TEST_CASE("with two sources honest, what passes is never far from what they say", "[policy]") {
    for (const auto kind : {PricePolicy::Kind::primary, PricePolicy::Kind::median}) {
        Random random{7};
        auto under = policy(kind);
        auto now = kStart;
        judged(under, 0, 1'000, now);
        judged(under, 1, 1'000, now);
        for (int step = 0; step < 5'000; ++step) {
            now += 1ms;
            const auto source = random.below(3);
            auto price = Amount::from_integer(
                source == 2 ? random.between(1, 100'000) : random.between(990, 1'010)
            );
            if (under.judge("BTC", source, price, now) != PricePolicy::Verdict::pass) continue;
            REQUIRE(price >= Amount::from_integer(880));
            REQUIRE(price <= Amount::from_integer(1'120));
        }
    }
}

TEST_CASE("of each symbol the newest tick waits", "[policy]") {
    LatestTicks ticks;
    const auto tick = [](const char* symbol, std::int64_t price, std::int64_t second) {
        Price made;
        made.symbol = symbol;
        made.price = Amount::from_integer(price);
        made.timestamp = Timestamp{std::chrono::seconds{second}};
        return made;
    };
    REQUIRE(!ticks.keep(tick("SOL", 1, 1)));
    REQUIRE(!ticks.keep(tick("BTC", 2, 1)));
    REQUIRE(ticks.keep(tick("SOL", 3, 2)));
    REQUIRE(ticks.keep(tick("SOL", 4, 1)));
    REQUIRE(ticks.take()->price == Amount::from_integer(2));
    REQUIRE(ticks.take()->price == Amount::from_integer(3));
    REQUIRE(!ticks.take());
    REQUIRE(ticks.empty());
}
