#pragma once

// How the service stands, as the operators announced it and as this server finds it:
// SERVER_STATUS_UPDATE right after connecting, then at every change. Pure; one thread.

#include "core/events/announcement.hpp"
#include "wsserver/streams/channel_stream.hpp"

#include <optional>

namespace duel::wsserver {

class ServiceBoard {
public:
    void open(const Peer& peer, Now now, Output& out);
    void close(ConnectionId who);

    // In the order of the topic: the later one holds, whatever its writer's clock said.
    void on_announcement(const Announcement& announcement, Now now, Output& out);

    // Whether this server can do its job. Where operators announced that the service
    // is not online, their word counts.
    void on_ability(bool is_able, Now now, Output& out);

private:
    bool is_announced_online() const {
        return !newest_ || newest_->status == ServiceStatus::online;
    }
    void tell(Now now, Output& out) const;
    MessagePtr message(Now now) const;

    std::optional<Announcement> newest_;   // nothing announced: online
    std::optional<Timestamp> changed_at_;  // by this server
    bool is_able_ = true;
    std::set<ConnectionId> followers_;
};

}  // namespace duel::wsserver
