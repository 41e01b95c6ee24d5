#include "wsserver/net/server.hpp"

#include "platform/log.hpp"
#include "wsserver/io/hub.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace duel::wsserver {
namespace {

using namespace std::chrono_literals;

std::vector<std::unique_ptr<Loop>> make_loops(Service& service) {
    const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    const auto count = service.settings.threads > 0 ? service.settings.threads : cores;
    std::vector<std::unique_ptr<Loop>> loops;
    loops.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        loops.push_back(std::make_unique<Loop>(static_cast<unsigned>(i), service));
    return loops;
}

}  // namespace

Server::Server(ServerSettings settings, Hub& hub, Meters& meters, platform::Health& health)
    : service_(std::move(settings), hub, meters), health_(health), loops_(make_loops(service_)) {
    listen();
}

// What a loop works on ends with its thread.
Server::~Server() {
    for (auto& loop : loops_)
        loop->stop();
}

void Server::listen() {
    const auto& address = service_.settings.address;
    const auto port = service_.settings.port;
    try {
        Tcp::endpoint endpoint{boost::asio::ip::make_address(address), port};
        if (!service_.settings.shares_port) check_port_is_free(loops_.front()->context(), endpoint);
        for (auto& loop : loops_) {
            acceptors_.push_back(std::make_unique<Acceptor>(*loop, endpoint));
            endpoint.port(acceptors_.front()->port());
        }
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error(
            "cannot listen on " + address + ":" + std::to_string(port) + ": " +
            error.code().message() + "; choose another with --listen (DUEL_WSSERVER_LISTEN)"
        );
    }
}

void Server::start() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        acceptors_[i]->start();
        loops_[i]->start(health_.heartbeat("connections", 30s));
    }
}

void Server::hand_over(std::vector<Delivery>&& deliveries, std::vector<Closing>&& closings) {
    struct Part {
        std::vector<Delivery> deliveries;
        std::vector<Closing> closings;
    };
    std::vector<Part> parts(loops_.size());
    const auto now = std::chrono::steady_clock::now();
    for (auto& delivery : deliveries)
        parts[Loop::number_of(delivery.to)].deliveries.push_back(std::move(delivery));
    for (auto& closing : closings)
        parts[Loop::number_of(closing.who)].closings.push_back(std::move(closing));
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].deliveries.empty() && parts[i].closings.empty()) continue;
        loops_[i]->post([&loop = *loops_[i], now, part = std::move(parts[i])]() mutable {
            loop.hand_over(std::move(part.deliveries), part.closings, now);
        });
    }
}

void Server::look_around(SurveyOf what) {
    struct Gathering {
        std::mutex mutex;
        Survey all;
        std::size_t missing = 0;
    };
    const auto gathering = std::make_shared<Gathering>();
    gathering->missing = loops_.size();
    for (auto& loop : loops_)
        loop->post([&one = *loop, &hub = service_.hub, gathering, what] {
            auto part = one.survey(what);
            const std::lock_guard lock{gathering->mutex};
            gathering->all.merge(std::move(part));
            if (--gathering->missing == 0) hub.on_survey(std::move(gathering->all));
        });
}

void Server::drain() {
    for (std::size_t i = 0; i < loops_.size(); ++i)
        loops_[i]->post([&acceptor = *acceptors_[i]] { acceptor.stop(); });
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
