#pragma once

// When the next event may go out: at the recording's own speed, under a limit, or at once.
//
// Pure arithmetic: the caller passes the time and does the waiting.

#include "core/time.hpp"

#include <chrono>
#include <optional>

namespace duel::ingest {

struct Pace {
    // Times the recorded speed, by the events' timestamps. Empty: as fast as it goes.
    std::optional<double> speed{};
    // Never more events a second than this. Empty: no limit.
    std::optional<double> events_per_second{};
    // No silence of the recording (a night, a gap of months between two parts) makes one wait
    // longer.
    std::chrono::nanoseconds longest_wait = std::chrono::seconds{10};
};

class Pacing {
public:
    // Time on a steady clock, from any origin.
    using Now = std::chrono::nanoseconds;

    explicit Pacing(Pace pace) : pace_{pace} {}

    // How long to wait before the event with this timestamp goes out, 0 when it may go at once.
    // Call it once an event. Timestamps are compared with the first one's, so waits add up without
    // drift; an event that is older than its predecessors goes at once. After a wait that was cut
    // short by `longest_wait` the recording continues from there.
    std::chrono::nanoseconds wait(Timestamp event, Now now);

private:
    std::chrono::nanoseconds recorded_wait(Timestamp event, Now now);
    std::chrono::nanoseconds limit_wait(Now now);

    Pace pace_;
    struct Anchor {
        Timestamp event;
        Now wall;
    };
    std::optional<Anchor> anchor_{};
    std::optional<Now> next_slot_{};
};

}  // namespace duel::ingest
