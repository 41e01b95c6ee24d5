#include "ingest/rules/circuit_breaker.hpp"

#include "ingest/rules/random.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;
using namespace std::chrono_literals;

namespace {

const CircuitBreaker::Now kStart{1h};
const CircuitBreaker::Settings kSettings{
    .failures = 3,
    .silence = 10s,
    .good_messages = 2,
    .base = 1s,
    .cap = 8s};

CircuitBreaker breaker() {
    return CircuitBreaker{kSettings, kStart};
}

CircuitBreaker tripped() {
    auto made = breaker();
    made.on_connecting(kStart);
    for (int i = 0; i < 3; ++i)
        made.on_failure(kStart, 100, "refused");  // ms that are waited
    made.on_disconnected();
    return made;
}

}  // namespace

TEST_CASE("so many failures open a breaker, the last one says why", "[breaker]") {
    auto under = breaker();
    REQUIRE(under.may_connect(kStart));
    under.on_failure(kStart, 0, "refused");
    under.on_failure(kStart, 0, "reset");
    REQUIRE(under.state() == Breaker::closed);
    under.on_failure(kStart + 1s, 0, "TLS");
    REQUIRE(under.state() == Breaker::open);
    REQUIRE(under.failures() == 3);
    REQUIRE(under.last_error() == "TLS");
}

TEST_CASE("failures are forgotten after so many good messages in a row", "[breaker]") {
    auto under = breaker();
    under.on_failure(kStart, 0, "bad frame");
    under.on_failure(kStart, 0, "bad frame");
    under.on_good(kStart);
    REQUIRE(under.failures() == 2);
    under.on_good(kStart);
    REQUIRE(under.failures() == 0);
}

TEST_CASE("one good message between failures saves nobody", "[breaker]") {
    auto under = breaker();
    for (int i = 0; i < 3; ++i) {
        under.on_good(kStart);
        under.on_failure(kStart, 0, "bad frame");
    }
    REQUIRE(under.state() == Breaker::open);
}

TEST_CASE("silence opens a breaker while a connection stands", "[breaker]") {
    auto under = breaker();
    REQUIRE(!under.on_silence(kStart + 1h, 0));
    under.on_connecting(kStart + 1h);
    REQUIRE(!under.on_silence(kStart + 1h + 9s, 0));
    under.on_good(kStart + 1h + 9s);
    REQUIRE(!under.on_silence(kStart + 1h + 18s, 0));
    REQUIRE(under.on_silence(kStart + 1h + 19s, 0));
    REQUIRE(under.state() == Breaker::open);
    REQUIRE(under.last_error() == "nothing came for 10000 ms");
}

TEST_CASE("an open breaker lets one probe through when its wait is over", "[breaker]") {
    auto under = tripped();
    REQUIRE(!under.may_connect(kStart + 99ms));
    REQUIRE(under.may_connect(kStart + 100ms));
    REQUIRE(under.state() == Breaker::half_open);
    under.on_connecting(kStart + 100ms);
    REQUIRE(!under.may_connect(kStart + 1h));
    under.on_good(kStart + 200ms);
    REQUIRE(under.state() == Breaker::half_open);
    under.on_good(kStart + 300ms);
    REQUIRE(under.state() == Breaker::closed);
    REQUIRE(under.failures() == 0);
}

TEST_CASE("a probe that fails opens the breaker for longer, up to the cap", "[breaker]") {
    auto under = tripped();
    auto now = kStart;
    CircuitBreaker::Wait ceiling = 2s;
    for (int trip = 0; trip < 6; ++trip) {
        now = under.next_try();
        REQUIRE(under.may_connect(now));
        under.on_failure(now, static_cast<std::uint64_t>(ceiling.count()), "refused");
        REQUIRE(under.state() == Breaker::open);
        REQUIRE(under.next_try() - now == ceiling);
        ceiling = std::min<CircuitBreaker::Wait>(ceiling * 2, 8s);
    }
}

TEST_CASE("every wait up to the longest is drawn", "[breaker]") {
    for (const std::uint64_t wait : {0, 1, 500, 1'000}) {
        auto under = breaker();
        under.on_failure(kStart, wait, "refused");
        REQUIRE(under.next_try() == kStart + std::chrono::milliseconds{wait});
    }
}

TEST_CASE("what still comes of an ended connection changes nothing", "[breaker]") {
    auto under = tripped();
    under.on_good(kStart);
    under.on_failure(kStart, 0, "bad frame");
    REQUIRE(under.state() == Breaker::open);
    REQUIRE(under.last_error() == "refused");
    REQUIRE(under.failures() == 3);
}

TEST_CASE("whatever happens, a breaker goes only the allowed ways", "[breaker]") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Random random{seed};
        auto under = breaker();
        auto now = kStart;
        bool is_connected = false;
        std::uint32_t good_since_failure = 0;
        for (int step = 0; step < 500; ++step) {
            now += std::chrono::milliseconds{random.below(2'000)};
            const auto before = under.state();
            const auto failures_before = under.failures();
            const auto what = random.below(5);
            if (what == 0 && under.may_connect(now)) {
                REQUIRE(!is_connected);
                is_connected = true;
                under.on_connecting(now);
                REQUIRE(under.state() != Breaker::open);
            } else if (what == 1) {
                under.on_failure(now, random.bits(), "x");
                good_since_failure = 0;
            } else if (what == 2 && is_connected) {
                under.on_good(now);
                ++good_since_failure;
            } else if (what == 3) {
                under.on_silence(now, random.bits());
            }
            const auto after = under.state();
            CAPTURE(seed, step, what, text(before), text(after));
            if (after == Breaker::open && before != Breaker::open) {
                // Opened by enough failures, by any while half open, or by silence.
                REQUIRE((what == 1 || what == 3));
                if (what == 1 && before == Breaker::closed) REQUIRE(failures_before + 1 >= 3);
                REQUIRE(under.next_try() <= now + kSettings.cap);
                under.on_disconnected();
                is_connected = false;
            }
            if (before == Breaker::open && after != Breaker::open)
                REQUIRE((what == 0 && after == Breaker::half_open));
            if (before == Breaker::half_open && after == Breaker::closed) {
                REQUIRE(what == 2);
                REQUIRE(good_since_failure >= kSettings.good_messages);
                REQUIRE(under.failures() == 0);
            }
            REQUIRE(!(before == Breaker::closed && after == Breaker::half_open));
            // A failed connection is over, too.
            if (what == 1 && is_connected) {
                under.on_disconnected();
                is_connected = false;
            }
        }
    }
}
