#include "ingest/rules/pacing.hpp"

#include <algorithm>

namespace duel::ingest {
namespace {

using std::chrono::nanoseconds;

// A late event may catch up with the limit's schedule by this much, so that a small hiccup costs no
// throughput and a long one makes no burst.
constexpr nanoseconds kBurst = std::chrono::milliseconds{50};

nanoseconds scaled(std::chrono::duration<double, std::nano> exact) {
    return std::chrono::duration_cast<nanoseconds>(exact);
}

}  // namespace

nanoseconds Pacing::wait(Timestamp event, Now now) {
    return std::max(recorded_wait(event, now), limit_wait(now));
}

nanoseconds Pacing::recorded_wait(Timestamp event, Now now) {
    if (!pace_.speed) return nanoseconds{0};
    if (!anchor_) anchor_ = Anchor{event, now};
    using Exact = std::chrono::duration<double, std::nano>;
    const Exact after_first = Exact{event - anchor_->event} / *pace_.speed;
    const Exact ahead = after_first - Exact{now - anchor_->wall};
    if (ahead > Exact{pace_.longest_wait}) {
        anchor_ = Anchor{event, now + pace_.longest_wait};
        return pace_.longest_wait;
    }
    return std::max(nanoseconds{0}, scaled(ahead));
}

nanoseconds Pacing::limit_wait(Now now) {
    if (!pace_.events_per_second) return nanoseconds{0};
    const nanoseconds step = scaled(std::chrono::duration<double>{1.0 / *pace_.events_per_second});
    const nanoseconds slot = std::max(next_slot_.value_or(now), now - kBurst);
    next_slot_ = slot + step;
    return std::max(nanoseconds{0}, slot - now);
}

}  // namespace duel::ingest
