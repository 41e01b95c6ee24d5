#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace duel::platform {

// Where a WebSocket server is: `wss://localhost:21003`, maybe with a path.
struct WssServer {
    std::string host;  // without the brackets of an IPv6 address
    std::uint16_t port = 443;
    std::string path;  // no slash at its end

    // The sentence says what is wrong. Plain ws:// is refused: the server speaks TLS only.
    static std::variant<WssServer, std::string> parse(std::string_view url);

    // The Host header.
    std::string authority() const;
};

}  // namespace duel::platform
