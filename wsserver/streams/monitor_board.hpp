#pragma once

// The server as admins watch it: MONITOR_SNAPSHOT when they connect or choose, MONITOR_STATS once a
// second, MONITOR_EVENT for what happens to connections.
//
// Connections live elsewhere, so sums and rows are asked for and come as a Survey; only while
// somebody watches. Events are kept in a bounded ring. Who reads too slowly gets none until it has
// caught up, then those that the ring still has, and hears how many are lost. Pure; one thread.

#include "wsserver/streams/channel_stream.hpp"
#include "wsserver/streams/monitor.hpp"

#include <deque>
#include <map>
#include <optional>

namespace duel::wsserver {

class MonitorBoard {
public:
    static constexpr std::size_t kMostEvents = 500;

    void open(Peer& peer, Now now);
    void close(ConnectionId who) { followers_.erase(who); }
    // The client reads again after it was too slow.
    void catch_up(ConnectionId who, Output& out);
    void choose(ConnectionId who, MonitorFilter filter, Now now);

    void on_events(std::vector<LifecycleEvent>&& events, std::uint64_t lost, Output& out);
    void on_survey(const Survey& survey, Now now, Output& out);
    // What the streams themselves count.
    void add(const Counts& counts) { conflated_ += counts.conflated; }

    // Asks for a survey where one is due.
    void flush(Now now, Output& out);
    std::optional<Instant> due() const;

private:
    struct Follower {
        Peer* peer = nullptr;
        MonitorFilter filter{};
        bool wants_rows = true;
        std::uint64_t next = 0;  // event to send
        std::uint64_t lost = 0;  // events that it will never get
    };
    // What rates are worked out from.
    struct Sample {
        Instant at;
        Traffic traffic;
        std::uint64_t conflated = 0;
    };

    std::uint64_t first_event() const { return next_event_ - events_.size(); }
    void send_events(Follower& follower, Output& out);
    MessagePtr snapshot(const Follower& follower, const Survey& survey, Now now) const;
    void send_stats(const Survey& survey, Now now, Output& out);

    std::map<ConnectionId, Follower> followers_;
    // The newest, oldest first; with their messages once somebody wanted them.
    std::deque<std::pair<LifecycleEvent, MessagePtr>> events_;
    std::uint64_t next_event_ = 0;
    std::uint64_t lost_ = 0;  // before they came here
    std::uint64_t conflated_ = 0;
    std::optional<Sample> sample_;
    Instant next_survey_{};
    bool rows_are_due_ = false;
};

}  // namespace duel::wsserver
