#pragma once

// Whether an HTTP request becomes a WebSocket, and as what.
//
// Decided from the request alone, before any answer: bodies and transfer encodings, wrong paths,
// versions, keys and origins are refused with an HTTP error. A wrong token is not: the client hears
// of it in words it can read, after the upgrade.

#include "wsserver/streams/streams.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace duel::wsserver {

using UpgradeRequest = boost::beast::http::request<boost::beast::http::empty_body>;

struct UpgradeRefusal {
    unsigned status;
    Code code;
    std::string reason;  // finer than the code, for metrics: "path", "origin"
    std::string sentence;
    std::vector<std::pair<std::string, std::string>> headers{};
};

struct Upgrade {
    Match match;
    Target target;
    std::string key;       // Sec-WebSocket-Key
    std::string token;     // empty where none was offered
    std::string protocol;  // subprotocol to echo; empty where none was offered
};

// `origins`: those that are allowed beside the server's own host. `extra_bytes`: what came after
// the header.
std::variant<Upgrade, UpgradeRefusal> read_upgrade(
    const UpgradeRequest& request,
    const std::vector<std::string>& origins,
    std::size_t extra_bytes
);

// The answer that makes it a WebSocket (RFC 6455, section 4.2.2).
std::string answer_to(const Upgrade& upgrade);

}  // namespace duel::wsserver
