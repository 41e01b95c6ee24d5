#include "platform/wss_server.hpp"

#include <charconv>
#include <fmt/format.h>

namespace duel::platform {

std::variant<WssServer, std::string> WssServer::parse(std::string_view url) {
    constexpr std::string_view kScheme = "wss://";
    if (!url.starts_with(kScheme)) {
        return fmt::format("\"{}\" is no address of the server: wss://HOST:PORT is wanted", url);
    }
    auto rest = url.substr(kScheme.size());
    WssServer server;
    const auto slash = rest.find('/');
    if (slash != std::string_view::npos) {
        server.path = rest.substr(slash);
        while (server.path.ends_with('/'))
            server.path.pop_back();
        rest = rest.substr(0, slash);
    }
    std::string_view port;
    if (rest.starts_with('[') && rest.find(']') != std::string_view::npos) {
        const auto bracket = rest.find(']');
        server.host = rest.substr(1, bracket - 1);
        port = rest.substr(bracket + 1);
    } else {
        const auto colon = rest.find(':');
        server.host = rest.substr(0, colon);
        if (colon != std::string_view::npos) port = rest.substr(colon);
    }
    if (server.host.empty()) return fmt::format("\"{}\" names no host", url);
    if (!port.empty()) {
        const auto* end = port.data() + port.size();
        const auto [stop, failure] = std::from_chars(port.data() + 1, end, server.port);
        if (port[0] != ':' || failure != std::errc{} || stop != end || server.port == 0) {
            return fmt::format("\"{}\" has no port from 1 to 65535 after its host", url);
        }
    }
    return server;
}

std::string WssServer::authority() const {
    const bool v6 = host.find(':') != std::string::npos;
    return v6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace duel::platform
