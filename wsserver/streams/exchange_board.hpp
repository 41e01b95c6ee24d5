#pragma once

// How the connections to exchanges stand, for admins: health:update of each right after connecting;
// then breaker:trip and breaker:reset where a breaker opens and closes, health:update where health
// changes otherwise, and metrics:update for the rest. Sources repeat their status every 5 s: one of
// which nothing is heard is healthy no more, which is a health:update too. Pure; one thread.

#include "core/events/source_status.hpp"
#include "wsserver/streams/channel_stream.hpp"

#include <map>
#include <optional>
#include <string>

namespace duel::wsserver {

class ExchangeBoard {
public:
    // Three repetitions that did not come.
    static constexpr std::chrono::seconds kSilence{15};

    void open(Peer& peer, Now now, Output& out);
    void close(ConnectionId who);
    // The client reads again after it was too slow.
    void catch_up(ConnectionId who, Now now, Output& out);

    // In the order of the topic, whatever the sources' clocks say. `heard`: when it came.
    void on_status(const SourceStatus& status, Instant heard, Now now, Output& out);
    // Tells who is silent for too long. Call it now and then.
    void look_for_silence(Now now, Output& out);

private:
    struct Exchange {
        SourceStatus newest;
        std::optional<Timestamp> last_failure{};
        std::int64_t recovery_attempts = 0;  // since the breaker was last closed
        Instant heard{};
        bool is_silent = false;
    };

    static std::string_view health(const Exchange& exchange);
    static std::optional<std::string> error(const Exchange& exchange);
    static MessagePtr message(std::string_view type, const Exchange& exchange, Now now);
    void tell(std::string_view type, const Exchange& exchange, Now now, Output& out) const;

    std::map<std::string, Exchange> exchanges_;
    std::map<ConnectionId, Peer*> followers_;
};

}  // namespace duel::wsserver
