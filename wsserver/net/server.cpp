#include "wsserver/net/server.hpp"

#include "platform/log.hpp"

#include <future>
#include <stdexcept>

namespace duel::wsserver {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;

constexpr std::size_t kMostOnTheirWay = 2'000;  // sockets beyond those that may be connections

std::vector<std::unique_ptr<Loop>> make_loops(Service& service, boost::asio::ssl::context& tls) {
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto count = service.settings.threads > 0 ? service.settings.threads : cores;
    std::vector<std::unique_ptr<Loop>> loops;
    for (int i = 0; i < count; ++i)
        loops.push_back(std::make_unique<Loop>(static_cast<unsigned>(i), service, tls));
    return loops;
}

}  // namespace

Server::Server(ServerSettings settings, Hub& hub, Meters& meters, platform::Health& health)
    : service_(std::move(settings), hub, meters),
      health_(health),
      tls_(make_tls_context(service_.settings.certificate, service_.settings.key)),
      loops_(make_loops(service_, tls_)),
      acceptor_(loops_.front()->context()),
      retry_(loops_.front()->context()) {
    const auto& address = service_.settings.address;
    const auto port = service_.settings.port;
    try {
        const Tcp::endpoint endpoint{boost::asio::ip::make_address(address), port};
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(Tcp::acceptor::reuse_address{true});
        acceptor_.bind(endpoint);
        acceptor_.listen(4096);
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(
            "cannot listen on " + address + ":" + std::to_string(port) + ": " +
            error.code().message() + "; choose another with --listen (DUEL_WSSERVER_LISTEN)"
        );
    }
}

// The acceptor belongs to the first loop's thread for as long as there is one.
Server::~Server() {
    for (auto& loop : loops_)
        loop->stop();
}

void Server::start() {
    for (auto& loop : loops_)
        loop->start(health_.heartbeat("connections", 30s));
    loops_.front()->post([this] { accept(); });
}

void Server::accept() {
    auto& loop = *loops_[next_loop_++ % loops_.size()];
    acceptor_.async_accept(loop.context(), [this, &loop](error_code error, Tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (error) {
            // Out of descriptors, most likely: said once, and tried again when some may be free.
            if (std::exchange(accepts_, false))
                platform::log::error("cannot accept connections: {}", error.message());
            retry_.expires_after(100ms);
            return retry_.async_wait([this](error_code stopped) {
                if (!stopped) accept();
            });
        }
        if (!std::exchange(accepts_, true)) platform::log::info("accepting connections again");
        if (service_.connections >= service_.settings.most_connections + kMostOnTheirWay) {
            service_.meters.rejected("sockets");
        } else {
            ++service_.connections;
            loop.post([&loop, taken = std::move(socket)]() mutable {
                loop.receive(std::move(taken));
            });
        }
        accept();
    });
}

void Server::hand_over(std::vector<Delivery>&& deliveries, std::vector<Closing>&& closings) {
    struct Part {
        std::vector<Delivery> deliveries;
        std::vector<Closing> closings;
    };
    std::vector<Part> parts(loops_.size());
    for (auto& delivery : deliveries)
        parts[Loop::number_of(delivery.to)].deliveries.push_back(std::move(delivery));
    for (auto& closing : closings)
        parts[Loop::number_of(closing.who)].closings.push_back(std::move(closing));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].deliveries.empty() && parts[i].closings.empty()) continue;
        loops_[i]->post([&loop = *loops_[i], part = std::move(parts[i])] {
            loop.hand_over(part.deliveries, part.closings);
        });
    }
}

void Server::drain() {
    loops_.front()->post([this] {
        error_code ignored;
        acceptor_.close(ignored);
        retry_.cancel();
    });
    // A few clients need no long goodbye.
    const auto count = service_.connections.load();
    const auto time = std::min(service_.settings.drain, 50ms * static_cast<std::int64_t>(count));
    platform::log::info("closing {} connections over {} ms", count, time.count());
    for (auto& loop : loops_)
        loop->post([&one = *loop, time] { one.drain(time); });
    const auto last = std::chrono::steady_clock::now() + time + service_.settings.close_deadline;
    while (service_.connections > 0 && std::chrono::steady_clock::now() < last)
        std::this_thread::sleep_for(20ms);
}

}  // namespace duel::wsserver
