#pragma once

// The wss server: a thread of connections per core, each with its listening socket.

#include "platform/health.hpp"
#include "wsserver/net/acceptor.hpp"
#include "wsserver/net/loop.hpp"
#include "wsserver/net/service.hpp"

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
    // Looks at every connection, each in its own thread; what it sees goes to the hub.
    void look_around(SurveyOf what);
    // Stops accepting, tells everybody, closes them over `drain`, and waits for that.
    void drain();

    std::uint16_t port() const { return acceptors_.front()->port(); }

private:
    void listen();

    Service service_;
    platform::Health& health_;
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::unique_ptr<Acceptor>> acceptors_;  // one of each loop
};

}  // namespace duel::wsserver
