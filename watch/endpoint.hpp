#pragma once

#include "platform/wss_server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace duel::watch {

using Server = platform::WssServer;

// What the endpoints of all channels are asked for.
struct Wishes {
    bool diff = false;
    std::optional<unsigned> top;  // of a leaderboard
    std::string intervals;        // of market volume: `1m,5m`
    std::string wallet;           // an admin looks at this wallet's portfolio
};

// One WebSocket endpoint and the channels that are followed through it.
//
// A contest and a portfolio have an endpoint each; all markets share one.
struct Endpoint {
    enum class Kind { market, contest, portfolio };
    Kind kind{};
    std::vector<std::string> channels;  // as on the wire: `contest:c1`

    // Path and query, ids percent-encoded; `since` are cursors, newest ones of a resuming client.
    std::string target(const Wishes& wishes, const std::vector<std::string>& since) const;

    // Whether a cursor of that channel belongs into this endpoint's `since`.
    bool resumes(std::string_view channel) const;
};

// `contest:ID`, `portfolio`, `portfolio:CONTEST`, `market:SYMBOL` to endpoints, in the order given.
std::variant<std::vector<Endpoint>, std::string> endpoints_of(
    const std::vector<std::string>& channels
);

// Everything but RFC 3986's unreserved characters as %XX.
std::string percent_encoded(std::string_view text);

}  // namespace duel::watch
