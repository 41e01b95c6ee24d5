#include "ingest/rules/subscription_state.hpp"

#include <catch2/catch.hpp>

using namespace duel::ingest;
using namespace std::chrono_literals;

namespace {

const SubscriptionState::Now kStart{1h};

}  // namespace

TEST_CASE("one refused market is no reason to leave the others", "[subscriptions]") {
    SubscriptionState state;
    state.on_refused(kStart, "no such pair");
    state.on_all_asked(kStart);
    state.on_granted();
    REQUIRE(state.refusals() == 1);
    REQUIRE(state.last_refusal() == "no such pair");
    REQUIRE_FALSE(state.is_vain(kStart + 1h));
}

TEST_CASE("a connection that was granted nothing but refusals is of no use", "[subscriptions]") {
    SubscriptionState state;
    state.on_all_asked(kStart);
    REQUIRE_FALSE(state.is_vain(kStart + 1h));
    state.on_refused(kStart + 1h, "no such pair");
    REQUIRE_FALSE(state.is_vain(kStart + 1h + 1s));
    REQUIRE(state.is_vain(kStart + 1h + 1s + 1ms));
    // More of them put nothing off.
    state.on_refused(kStart + 1h + 900ms, "no such pair either");
    REQUIRE(state.is_vain(kStart + 1h + 1s + 1ms));
    REQUIRE(state.last_refusal() == "no such pair either");
}

TEST_CASE("markets that are asked for one by one all have their time", "[subscriptions]") {
    SubscriptionState state;
    state.on_refused(kStart, "the first");
    REQUIRE_FALSE(state.is_vain(kStart + 1h));
    state.on_all_asked(kStart + 5s);
    REQUIRE_FALSE(state.is_vain(kStart + 6s));
    REQUIRE(state.is_vain(kStart + 6s + 1ms));
    state.on_granted();
    REQUIRE_FALSE(state.is_vain(kStart + 1h));
}

TEST_CASE("what is missing is said as it is", "[subscriptions]") {
    SubscriptionState state;
    REQUIRE(state.missing() == "nothing came");
    state.on_frame();
    REQUIRE(state.missing() == "the exchange granted no subscription");
    state.on_granted();
    REQUIRE(state.missing() == "nothing came");
}
