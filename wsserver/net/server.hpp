#pragma once

// The wss server: one listening socket, a thread of connections per core.

#include "platform/health.hpp"
#include "platform/shutdown.hpp"
#include "wsserver/net/loop.hpp"
#include "wsserver/net/service.hpp"
#include "wsserver/net/tls.hpp"

#include <memory>
#include <vector>

namespace duel::wsserver {

class Server {
public:
    // Listens. Throws std::runtime_error where certificate, key or port cannot be used, with the
    // setting that changes it.
    Server(ServerSettings settings, Hub& hub, Meters& meters, platform::Health& health);
    ~Server();

    // Accepts from now on.
    void start();
    // The hub's way to the connections.
    void hand_over(std::vector<Delivery>&& deliveries, std::vector<Closing>&& closings);
    // Stops accepting, tells everybody, closes them over `drain`, and waits for that.
    void drain();

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void accept();

    Service service_;
    platform::Health& health_;
    boost::asio::ssl::context tls_;
    std::vector<std::unique_ptr<Loop>> loops_;
    Tcp::acceptor acceptor_;
    boost::asio::steady_timer retry_;
    std::size_t next_loop_ = 0;
    bool accepts_ = true;  // as far as the log knows
};

}  // namespace duel::wsserver
