#pragma once

// How the service stands, as the operators announced it and as this server finds it:
// SERVER_STATUS_UPDATE to everybody at every change. Who connects is told too, unless it did not
// come for that and the service is online. Pure; one thread.

#include "core/events/announcement.hpp"
#include "wsserver/streams/channel_stream.hpp"

#include <map>
#include <optional>

namespace duel::wsserver {

// When a client that connects is told.
enum class Welcome {
    always,            // at once: it came for that
    unless_online,     // at once where the service is not online
    after_subscribed,  // the same, but after what it came for, or after a second without that
};

class ServiceBoard {
public:
    void open(Peer& peer, Welcome welcome, Now now, Output& out);
    void close(ConnectionId who);
    // The client reads again after it was too slow.
    void catch_up(ConnectionId who, Now now, Output& out);
    // Tells those whose turn has come. Call it when `out` has all that is due, once a second at
    // least.
    void flush(Now now, Output& out);

    // In the order of the topic: the later one holds, whatever its writer's clock said.
    void on_announcement(const Announcement& announcement, Now now, Output& out);

    // Whether this server can do its job. Where operators announced that the service
    // is not online, their word counts.
    void on_ability(bool is_able, Now now, Output& out);

private:
    struct Follower {
        Peer* peer = nullptr;
        bool is_behind = false;  // was not told of the newest change
    };

    bool is_announced_online() const {
        return !newest_ || newest_->status == ServiceStatus::online;
    }
    void tell(Now now, Output& out);
    static void deliver(Follower& to, const MessagePtr& message, Output& out);
    MessagePtr message(Now now) const;

    std::optional<Announcement> newest_;   // nothing announced: online
    std::optional<Timestamp> changed_at_;  // by this server
    bool is_able_ = true;
    std::map<ConnectionId, Follower> followers_;
    std::map<ConnectionId, Instant> waiting_;  // to be told, at that time at the latest
};

}  // namespace duel::wsserver
