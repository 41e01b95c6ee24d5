#include "wsserver/net/acceptor.hpp"

#include "platform/log.hpp"

#include <sys/socket.h>

namespace duel::wsserver {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;

using ReusePort = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::size_t kMostOnTheirWay = 2'000;  // sockets beyond those that may be connections
constexpr int kBacklog = 4'096;

}  // namespace

Acceptor::Acceptor(Loop& loop, const Tcp::endpoint& endpoint)
    : loop_(loop),
      service_(loop.service()),
      acceptor_(loop.context(), endpoint.protocol()),
      retry_(loop.context()) {
    acceptor_.set_option(Tcp::acceptor::reuse_address{true});
    acceptor_.set_option(ReusePort{true});
    acceptor_.bind(endpoint);
    acceptor_.listen(kBacklog);
}

void Acceptor::accept() {
    acceptor_.async_accept([this](error_code error, Tcp::socket socket) {
        // One that was taken just before stop() too.
        if (!acceptor_.is_open()) return;
        if (error) {
            // Out of descriptors, most likely: said once, and tried again when some may be free.
            if (std::exchange(accepts_, false))
                platform::log::error("cannot accept connections: {}", error.message());
            retry_.expires_after(100ms);
            return retry_.async_wait([this](error_code stopped) {
                if (!stopped && acceptor_.is_open()) accept();
            });
        }
        if (!std::exchange(accepts_, true)) platform::log::info("accepting connections again");
        if (service_.connections >= service_.settings.most_connections + kMostOnTheirWay) {
            service_.meters.rejected("sockets");
        } else {
            ++service_.connections;
            loop_.receive(std::move(socket));
        }
        accept();
    });
}

void Acceptor::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
}

void check_port_is_free(boost::asio::io_context& context, const Tcp::endpoint& endpoint) {
    Tcp::acceptor probe{context, endpoint.protocol()};
    probe.set_option(Tcp::acceptor::reuse_address{true});
    probe.bind(endpoint);
    probe.listen(1);
}

}  // namespace duel::wsserver
