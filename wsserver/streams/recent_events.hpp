#pragma once

// The event messages of the last minutes, of every channel, for clients that come back.
//
// Bounded by bytes and by age; the oldest go first, whatever their channel. What is held of one
// channel is always one unbroken chain of `prev_seq`: so it can be proved, not only hoped, that
// nothing is missing between a cursor and the newest event. Most are never asked for, so an event
// that nobody followed is kept as the record of the feed that brought it; its message is made when
// the first client wants it. One thread.

#include "wsserver/streams/message.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace duel::wsserver {

struct RecentEvent {
    std::uint64_t seq;
    std::uint64_t prev_seq;        // of the event before on the same channel
    MessagePtr message{};          // nothing: `record` is all there is of it
    std::string_view record{};     // of the feed
    std::int64_t logged_at_ms{0};  // of the record
};

class RecentEvents {
public:
    struct Bounds {
        std::size_t bytes = std::size_t{128} << 20;
        Duration age = std::chrono::minutes{15};
    };
    // Makes the message of a record; nothing where it cannot be read.
    using Compose = std::function<MessagePtr(const RecentEvent&)>;

    explicit RecentEvents(Bounds bounds) : bounds_(bounds) {}

    // Keeps an event, and a copy of its record where it has no message. One that is held already is
    // ignored; one that does not continue the chain makes its channel begin anew.
    void add(std::string_view channel_key, RecentEvent event, Instant now);

    // Whether every event of the channel in (after, newest] is held.
    bool covers(std::string_view channel_key, std::uint64_t after, std::uint64_t newest) const;

    // Events after `after`, the first `most` of them, all with their messages. Where one cannot be
    // read they end before it and the channel's events are forgotten.
    std::vector<RecentEvent> after(
        std::string_view channel_key,
        std::uint64_t after,
        std::size_t most,
        const Compose& compose
    );
    std::size_t count_after(std::string_view channel_key, std::uint64_t after) const;

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
        Chain* chain = nullptr;
        std::uint64_t seq = 0;
        Instant at;
        bool ends_block = false;  // the block before the newest has nothing younger
    };

    Chain& chain_of(std::string_view channel_key);
    const Chain* find(std::string_view channel_key) const;
    bool store(std::string_view& record);
    void forget(Chain& chain);
    void drop_oldest();

    Bounds bounds_;
    boost::unordered_flat_map<std::string_view, std::unique_ptr<Chain>> chains_;  // by Chain::key
    std::deque<Arrival> arrivals_;
    std::deque<std::string> blocks_;  // records one after another; never grown beyond their room
    std::size_t bytes_ = 0;
};

}  // namespace duel::wsserver
