#pragma once

// Conflation in time: at most one message an interval, and the last value always goes out.
//
// The first change after a quiet interval is due at once; changes that follow wait for the interval
// to pass, and are then sent as one. So a value is never older than one interval.

#include "wsserver/streams/now.hpp"

#include <algorithm>
#include <optional>

namespace duel::wsserver {

class Pace {
public:
    explicit Pace(Duration interval) : interval_(interval) {}

    // Something changed. True where that change replaces one that was not yet sent.
    bool change(Instant now) {
        if (changed_since_) return true;
        changed_since_ = now;
        return false;
    }

    // When to send, or nothing where nothing changed.
    std::optional<Instant> due() const {
        if (!changed_since_) return {};
        return sent_ ? std::max(*sent_ + interval_, *changed_since_) : *changed_since_;
    }

    bool is_due(Instant now) const { return changed_since_ && *due() <= now; }

    // The newest value was sent.
    void sent(Instant now) {
        sent_ = now;
        changed_since_.reset();
    }

    // The newest value was sent to somebody on its own: the next change waits for its interval.
    // What waits already is not put off, so others never wait longer than that.
    void hold(Instant now) {
        if (!changed_since_) sent_ = now;
    }

private:
    Duration interval_;
    std::optional<Instant> sent_;
    std::optional<Instant> changed_since_;
};

}  // namespace duel::wsserver
