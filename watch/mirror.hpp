#pragma once

#include "watch/json.hpp"
#include "watch/message.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace duel::watch {

// A client's picture of its channels, from snapshots and diffs.
//
// A complete message replaces the state of its type; a diff replaces whole entries, drops the
// `removed` ones and brings all scalars. So after every message the picture of a diff client
// equals that of a client who gets complete messages. Event messages leave the picture alone.
class Mirror {
public:
    // What is wrong with the message, if anything: then the picture is as it was before.
    std::optional<std::string> apply(const Message& message);

    // The newest complete `data` of that type on the channel; nullptr before the first.
    // MARKET_VOLUME has one state an interval, under `MARKET_VOLUME/1m`.
    const Json* find(std::string_view channel, std::string_view type) const;

    // Every state, one a line: `contest:c1 LEADERBOARD_UPDATED {…}`, entries in their order.
    std::string text() const;

private:
    using States = std::map<std::string, Json, std::less<>>;
    std::map<std::string, States, std::less<>> channels_;
};

}  // namespace duel::watch
