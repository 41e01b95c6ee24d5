#pragma once

// How the connections to exchanges stand, for admins: health:update of each right after connecting;
// then breaker:trip and breaker:reset where a breaker opens and closes, health:update where health
// changes otherwise, and metrics:update for the rest. Pure; one thread.

#include "core/events/source_status.hpp"
#include "wsserver/streams/channel_stream.hpp"

#include <map>
#include <optional>
#include <string>

namespace duel::wsserver {

class ExchangeBoard {
public:
    void open(Peer& peer, Now now, Output& out);
    void close(ConnectionId who);
    // The client reads again after it was too slow.
    void catch_up(ConnectionId who, Now now, Output& out);

    // In the order of the topic, whatever the sources' clocks say.
    void on_status(const SourceStatus& status, Now now, Output& out);

private:
    struct Exchange {
        SourceStatus newest;
        std::optional<Timestamp> last_failure{};
        std::int64_t recovery_attempts = 0;  // since the breaker was last closed
    };

    static MessagePtr message(std::string_view type, const Exchange& exchange, Now now);

    std::map<std::string, Exchange> exchanges_;
    std::map<ConnectionId, Peer*> followers_;
};

}  // namespace duel::wsserver
