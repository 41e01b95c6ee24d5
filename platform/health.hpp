#pragma once

// Whether a program can do its job now, and whether it is alive at all.
//
// Alive: every named heartbeat beat within its limit; a thread that hangs is seen by that. Ready:
// alive, and every named condition holds. A change of a condition is logged once. Thread-safe.

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace duel::platform {

class Heartbeat {
public:
    using Clock = std::chrono::steady_clock;

    // "I am here": call it in every round of a loop. One relaxed store.
    void beat() { last_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }

    // While it lives, silence up to `limit` is no alarm: for a call that may take that long. One at
    // a time, in the thread that beats. Beats when it begins and ends.
    class Patience {
    public:
        Patience(Heartbeat& heartbeat, Clock::duration limit);
        ~Patience();
        Patience(const Patience&) = delete;
        Patience& operator=(const Patience&) = delete;

    private:
        Heartbeat& heartbeat_;
        Clock::rep usual_;
    };

private:
    friend class Health;
    Heartbeat(std::string name, Clock::duration limit);

    std::string name_;
    std::atomic<Clock::rep> limit_;
    std::atomic<Clock::rep> last_;
};

class Health {
public:
    struct Condition {
        std::string name;
        bool ok = false;
        std::string reason;     // why it does not hold; may be empty where it does
        bool was_said = false;  // by set(), not only expected
    };

    // Names a condition that must hold before the program is ready; it does not yet, because of
    // `reason`. Not logged: at the start nothing changed.
    void expect(const std::string& name, const std::string& reason = "not started yet");

    // Says how a condition stands. Logged when ok changed (who and why), not when only the reason
    // did.
    void set(const std::string& name, bool ok, const std::string& reason = {});

    // Takes a condition out, where the part that it spoke of is gone on purpose.
    void forget(const std::string& name);

    bool ready() const;
    std::vector<Condition> conditions() const;  // by name

    // A heartbeat that must beat at least every `limit`. It counts from now until it is destroyed.
    std::shared_ptr<Heartbeat> heartbeat(const std::string& name, Heartbeat::Clock::duration limit);

    // Names of the heartbeats that are late, with how late: empty where all is well.
    std::vector<std::string> late(Heartbeat::Clock::time_point now = Heartbeat::Clock::now()) const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, Condition> conditions_;
    std::vector<std::weak_ptr<Heartbeat>> heartbeats_;
};

}  // namespace duel::platform
