#pragma once

// What became of what one connection subscribed to.
//
// An exchange may refuse some markets; the others go on. A connection on which nothing was granted
// a while after a refusal is of no use, nor is one that only says that it lives: its heartbeats are
// no good sign before something was granted. The caller passes the clock.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace duel::ingest {

class SubscriptionState {
public:
    using Now = std::chrono::steady_clock::time_point;
    // For what else was asked for to be granted.
    static constexpr std::chrono::seconds kAfterRefusal{1};

    // Something came, whatever it is.
    void on_frame() { is_heard_ = true; }
    // A subscription was acknowledged, or a price came of it.
    void on_granted() { is_granted_ = true; }
    void on_refused(Now now, std::string why);
    // Everything has been asked for: until then nothing is of no use.
    void on_all_asked(Now now);

    bool is_granted() const { return is_granted_; }
    int refusals() const { return refusals_; }
    const std::string& last_refusal() const { return last_refusal_; }
    // Refusals are all that came of it.
    bool is_vain(Now now) const;
    // What is missing, where nothing good came for long.
    std::string_view missing() const;

private:
    bool is_heard_{false};
    bool is_granted_{false};
    int refusals_{0};
    std::string last_refusal_;
    std::optional<Now> asked_at_;
    Now refused_at_{};  // the first time
};

}  // namespace duel::ingest
