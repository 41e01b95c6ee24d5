#pragma once

#include "watch/message.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::watch {

// Where a client stands on each channel, and the proof that it missed nothing.
//
// Every event message names the event before it on its channel (`prev_seq`), so a hole, a repeat or
// a swap shows at the first message after it. One object lives as long as the client and spans its
// connections. One thread.
class Resume {
public:
    // What is wrong with this message after those before it; nothing when all is well.
    // A wrong message still counts as received: one fault is reported once, not for ever after.
    std::optional<std::string> accept(const Message& message);

    // Call at the start of every connection: what only shows states may be behind on another
    // server.
    void connected();

    // The newest cursors, to be sent as `since` with the next connection, of the channels that
    // `wanted` names. Nothing was received on the others yet.
    std::vector<std::string> cursors(const std::function<bool(std::string_view)>& wanted) const;

    // Event messages so far, over all channels.
    std::uint64_t events() const { return events_; }

private:
    struct Place {
        std::string cursor;
        std::uint64_t newest = 0;  // of any message
        // The event that the next one must follow. Unknown at first: then the state that was sent
        // at `newest` includes every event up to there.
        std::optional<std::uint64_t> last_event;
        bool anchored = false;  // a SUBSCRIBED or an event said where the channel stands
    };

    static std::optional<std::string> check_event(const Place& place, const Message& message);

    std::map<std::string, Place, std::less<>> places_;
    std::uint64_t events_ = 0;
};

}  // namespace duel::watch
