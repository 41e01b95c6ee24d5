#pragma once

// Conflation in time: at most one message an interval, and the last value always goes out.
//
// The first change after a quiet interval is due at once; changes that follow wait for the interval
// to pass, and are then sent as one. So a value is never older than one interval. What is not
// urgent may go a little early where something else goes anyway: then the next waits longer, so
// that there is never more than one an interval on average.

#include "wsserver/streams/now.hpp"

#include <algorithm>
#include <optional>

namespace duel::wsserver {

class Pace {
public:
    explicit Pace(Duration interval, Duration early = {}) : interval_(interval), early_(early) {}

    // Something changed, and may wait for that delay to go with others. True where that change
    // replaces one that was not yet sent.
    bool change(Instant now, Duration delay = {}) {
        const bool replaces = changed_since_.has_value();
        changed_since_ = replaces ? std::min(*changed_since_, now + delay) : now + delay;
        return replaces;
    }

    // When to send, or nothing where nothing changed.
    std::optional<Instant> due() const {
        if (!changed_since_) return {};
        return std::max(next_, *changed_since_);
    }

    // Whether something changed that the interval does not hold back: it goes where others go.
    bool may_go(Instant now) const { return changed_since_ && next_ <= now + early_; }

    // The newest value was sent.
    void sent(Instant now) {
        next_ = std::max(next_, now) + interval_;
        changed_since_.reset();
    }

    // The newest value was sent to somebody on its own: the next change waits for its interval.
    // What waits already is not put off, so others never wait longer than that.
    void hold(Instant now) {
        if (!changed_since_) next_ = std::max(next_, now + interval_);
    }

private:
    Duration interval_;
    Duration early_;
    Instant next_{};  // before this nothing is sent
    std::optional<Instant> changed_since_;
};

}  // namespace duel::wsserver
