#pragma once

// The listening socket of one loop. All loops listen on the same port (SO_REUSEPORT): the kernel
// spreads connections over them, and none changes threads on its way in.

#include "wsserver/net/loop.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstdint>

namespace duel::wsserver {

class Acceptor {
public:
    // Listens. Throws boost::system::system_error.
    Acceptor(Loop& loop, const Tcp::endpoint& endpoint);

    // Once; from the loop's thread, or before there is one.
    void start() { accept(); }
    void stop();

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    void accept();

    Loop& loop_;
    Service& service_;
    Tcp::acceptor acceptor_;
    boost::asio::steady_timer retry_;
    bool accepts_ = true;  // as far as the log knows
};

// Throws boost::system::system_error where somebody listens there who does not share it.
void check_port_is_free(boost::asio::io_context& context, const Tcp::endpoint& endpoint);

}  // namespace duel::wsserver
