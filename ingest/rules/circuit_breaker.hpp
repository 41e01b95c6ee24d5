#pragma once

// Keeps off an exchange that fails, and lets it in again carefully.
//
// Closed: connections are made and prices pass. Open after so many failures, or after a silence:
// nothing is tried for a wait drawn from [0, min(cap, base × 2^trips)] (full jitter: many who lost
// the same exchange do not come back in step). Then half open: one connection is the probe;
// so many good messages close the breaker, one failure or a silence opens it for longer.
//
// A failure counts until so many good messages came without another one: an exchange that is bad
// now and then trips too. While closed, each failed connection waits in the same way before the
// next one.
//
// No clock and no randomness: the caller passes both. The functions are called in the order of
// their times.

#include "core/words.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel::ingest {

class CircuitBreaker {
public:
    using Now = std::chrono::steady_clock::time_point;
    using Wait = std::chrono::milliseconds;

    struct Settings {
        std::uint32_t failures{5};  // that open it
        Wait silence{30'000};
        std::uint32_t good_messages{10};  // that close it, and make failures forgotten
        Wait base{2'000};
        Wait cap{60'000};
    };

    CircuitBreaker(Settings settings, Now now);

    // May a connection be begun now? Where the wait is over, an open breaker becomes half open by
    // this.
    bool may_connect(Now now);
    // A connection is under way or stands: from here on silence counts.
    void on_connecting(Now now);
    void on_disconnected();

    // What came is worth something: a price, a heartbeat.
    void on_good(Now now);
    // Something went wrong. `random` is any number; the wait is drawn from it.
    void on_failure(Now now, std::uint64_t random, std::string why);
    // Opens it when nothing good came for too long. To be called now and then; true where it did.
    // `what` is missing, for the sentence: "nothing came" for 30000 ms.
    bool on_silence(Now now, std::uint64_t random, std::string_view what = "nothing came");

    Breaker state() const { return state_; }
    // That count against it.
    std::uint32_t failures() const { return failures_; }
    const std::string& last_error() const { return last_error_; }
    // When may_connect() may be true again.
    Now next_try() const { return next_try_; }

private:
    void enter(Breaker state);
    void open(Now now, std::uint64_t random);
    Wait draw(std::uint32_t doublings, std::uint64_t random) const;

    Settings settings_;
    Breaker state_{Breaker::closed};
    Now next_try_;
    Now last_good_;
    bool is_connected_{false};
    std::uint32_t failures_{0};
    std::uint32_t good_in_a_row_{0};
    std::uint32_t trips_{0};  // since it was last closed
    std::string last_error_;
};

}  // namespace duel::ingest
