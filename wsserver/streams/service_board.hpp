#pragma once

// How the service stands, as the operators announced it: SERVER_STATUS_UPDATE right after
// connecting, then at every change. Pure; one thread.

#include "core/events/announcement.hpp"
#include "wsserver/streams/channel_stream.hpp"

#include <optional>

namespace duel::wsserver {

class ServiceBoard {
public:
    void open(const Peer& peer, Now now, Output& out);
    void close(ConnectionId who);

    // Of two announcements the one with the later timestamp counts.
    void on_announcement(const Announcement& announcement, Now now, Output& out);

private:
    MessagePtr message(Now now) const;

    std::optional<Announcement> newest_;  // nothing announced: online
    std::set<ConnectionId> followers_;
};

}  // namespace duel::wsserver
