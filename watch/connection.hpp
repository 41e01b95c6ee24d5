#pragma once

#include "platform/tls_client.hpp"
#include "watch/endpoint.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace duel::watch {

using platform::Unreachable;

// The server answered the upgrade request with something else than a WebSocket.
struct UpgradeRefused : std::runtime_error {
    UpgradeRefused(unsigned http_status, std::optional<std::chrono::seconds> wait);
    unsigned status;
    std::optional<std::chrono::seconds> retry_after;
    // Asking again in the same words cannot help.
    bool final() const { return status >= 400 && status < 500 && status != 429 && status != 408; }
};

// How a connection ended.
struct Ending {
    std::uint16_t code = 1006;  // of RFC 6455; 1006: TCP or TLS ended without a Close
    std::string reason;
    bool final() const { return code == 1008; }
    // `1008: the token was refused (token expired)`.
    std::string sentence() const;
};

// One client connection over wss: certificate and host name verified, the token as the only
// subprotocol.
//
// All calls from the executor's thread; one receive() and one send() may be under way at a time.
// Control pings of the server are answered while receive() waits.
class Connection {
public:
    Connection(const boost::asio::any_io_executor& executor, boost::asio::ssl::context& tls);
    ~Connection();

    // open() then connects from this address of ours. Throws boost::system::system_error where the
    // machine does not have it.
    void bind(const boost::asio::ip::address& address);

    // Throws Unreachable or UpgradeRefused. A server that sends nothing for `silence` afterwards
    // ends the connection.
    boost::asio::awaitable<void>
    open(Server server, std::string target, std::string token, std::chrono::seconds silence);

    // The next text message, valid until the next call; nothing once the connection has ended.
    boost::asio::awaitable<std::optional<std::string_view>> receive();

    // False where the connection has ended.
    boost::asio::awaitable<bool> send(std::string text);

    // Says goodbye (1000); receive() then comes to its end, within seconds from any server.
    boost::asio::awaitable<void> close();

    // Ends TCP on the spot, whatever is under way.
    void cut();

    // After receive() gave nothing.
    const Ending& ending() const { return ending_; }

private:
    struct Socket;  // Beast, which only connection.cpp has to know

    std::unique_ptr<Socket> socket_;
    Ending ending_;
};

}  // namespace duel::watch
