#pragma once

// The event messages of the last minutes, of every channel, for clients that come back.
//
// Bounded by bytes and by age; the oldest go first, whatever their channel. What is held of one
// channel is always one unbroken chain of `prev_seq`: so it can be proved, not only hoped, that
// nothing is missing between a cursor and the newest event. One thread.

#include "wsserver/streams/message.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace duel::wsserver {

struct RecentEvent {
    std::uint64_t seq;
    std::uint64_t prev_seq;  // of the event before on the same channel
    MessagePtr message;
};

class RecentEvents {
public:
    struct Bounds {
        std::size_t bytes = std::size_t{128} << 20;
        Duration age = std::chrono::minutes{15};
    };

    explicit RecentEvents(Bounds bounds) : bounds_(bounds) {}

    // Keeps an event. One that is held already is ignored; one that does not continue the chain
    // makes its channel begin anew.
    void add(const std::string& channel_key, RecentEvent event, Instant now);

    // Whether every event of the channel in (after, newest] is held.
    bool covers(const std::string& channel_key, std::uint64_t after, std::uint64_t newest) const;

    // Events after `after`, the first `most` of them.
    std::vector<RecentEvent>
    after(const std::string& channel_key, std::uint64_t after, std::size_t most) const;
    std::size_t count_after(const std::string& channel_key, std::uint64_t after) const;

    void trim(Instant now);
    void clear();

    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return arrivals_.size(); }

private:
    struct Chain {
        std::string key;
        std::deque<RecentEvent> events;
        std::size_t arrivals = 0;  // how often it stands in arrivals_
    };
    struct Arrival {
        Chain* chain;
        std::uint64_t seq;
        Instant at;
    };

    const Chain* find(const std::string& channel_key) const;
    void forget(Chain& chain);
    void drop_oldest();

    Bounds bounds_;
    std::unordered_map<std::string, std::unique_ptr<Chain>> chains_;
    std::deque<Arrival> arrivals_;
    std::size_t bytes_ = 0;
};

}  // namespace duel::wsserver
