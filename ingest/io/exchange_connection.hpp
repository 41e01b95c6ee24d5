#pragma once

// One connection to an exchange over wss, and why it ended.

#include "platform/wss_server.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace duel::ingest {

// Certificate and host name verified, permessage-deflate offered where asked for. A message of more
// than FrameReader::kMaxFrameBytes ends the connection, unpacked bytes counted; so does a peer that
// answers no ping. All calls from the executor's thread; one receive() and one send() may be under
// way at a time.
class ExchangeConnection {
public:
    ExchangeConnection(
        const boost::asio::any_io_executor& executor,
        boost::asio::ssl::context& tls
    );
    ~ExchangeConnection();

    // Throws platform::Unreachable.
    boost::asio::awaitable<void>
    open(platform::WssServer server, bool deflates, std::chrono::seconds idle);

    // The next message, valid until the next call; nothing once the connection has ended.
    boost::asio::awaitable<std::optional<std::string_view>> receive();

    // False where the connection has ended.
    boost::asio::awaitable<bool> send(std::string text);

    // Ends TCP on the spot, whatever is under way.
    void cut();

    // Why, after receive() gave nothing.
    const std::string& ending() const { return ending_; }

private:
    struct Socket;  // Beast, which only exchange_connection.cpp has to know

    std::unique_ptr<Socket> socket_;
    std::string ending_;
};

}  // namespace duel::ingest
