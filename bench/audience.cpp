#include "bench/audience.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace duel::bench {

namespace asio = boost::asio;

namespace {

// One thread plays all clients, so it is slower for each than they would be by themselves: more at
// once would only run into the server's deadlines.
constexpr std::size_t kOnTheirWay = 500;

// Clients come from as many addresses of the loopback in turn: one has not ports enough for all
// that a machine can hold, and servers count by address.
constexpr std::size_t kAddresses = 8;

asio::ip::address address_of(std::size_t client) {
    const auto from = static_cast<std::uint32_t>(client % kAddresses);
    return asio::ip::address_v4{asio::ip::address_v4::loopback().to_uint() + from};
}

std::string cursor_in(std::string_view text) {
    constexpr std::string_view kName = "\"cursor\":\"";
    const auto at = text.find(kName);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + kName.size());
    return std::string{text.substr(0, text.find('"'))};
}

}  // namespace

Audience::Audience(
    const watch::Server& server,
    asio::ssl::context& tls,
    std::string_view type,
    Deliveries& deliveries
)
    : server_(server),
      tls_(tls),
      marker_(fmt::format("\"type\":\"{}\"", type)),
      deliveries_(deliveries) {}

Audience::~Audience() {
    leave();
}

void Audience::sit_down(const std::vector<Seat>& seats, std::chrono::seconds longest) {
    const auto deadline = Clock::now() + longest;
    connections_.reserve(seats.size());
    while (seated_ < seats.size() && lost_ == 0 && Clock::now() < deadline) {
        while (connections_.size() < std::min<std::size_t>(seats.size(), seated_ + kOnTheirWay)) {
            const auto& seat = seats[connections_.size()];
            connections_.push_back(
                std::make_shared<watch::Connection>(context_.get_executor(), tls_)
            );
            connections_.back()->bind(address_of(connections_.size()));
            asio::co_spawn(context_, follow(seat, connections_.back()), asio::detached);
        }
        if (!thread_.joinable()) thread_ = std::thread([this] { context_.run(); });
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    if (seated_ < seats.size()) {
        throw std::runtime_error(fmt::format(
            "{} of {} clients were subscribed within {} s, {} were turned away",
            seated_.load(),
            seats.size(),
            longest.count(),
            lost_.load()
        ));
    }
}

asio::awaitable<void> Audience::follow(Seat seat, std::shared_ptr<watch::Connection> connection) {
    using namespace std::chrono_literals;
    constexpr std::string_view kSubscribed = "\"type\":\"SUBSCRIBED\"";
    std::string why;
    try {
        watch::Wishes wishes;
        wishes.diff = true;
        const std::vector<std::string> since(seat.since.empty() ? 0 : 1, seat.since);
        co_await connection->open(server_, seat.endpoint.target(wishes, since), seat.token, 3600s);
        bool seated = false;
        while (const auto text = co_await connection->receive()) {
            receive(*text, connection == connections_.front());
            if (!seated && text->find(kSubscribed) != std::string_view::npos) {
                seated = true;
                ++seated_;
                if (seat.stalls) co_return;
            }
        }
        why = connection->ending().sentence();
    } catch (const std::exception& failure) {
        why = failure.what();
    }
    if (leaving_) co_return;
    if (++lost_ == 1) fmt::print(stderr, "a client was lost: {}\n", why);
}

void Audience::receive(std::string_view text, bool is_first_client) {
    const auto now = Clock::now();
    ++messages_;
    // The type stands first: no need to look far for it.
    if (text.substr(0, marker_.size() + 16).find(marker_) == std::string_view::npos) return;
    ++counted_;
    if (is_first_client) cursors_.push_back(cursor_in(text));
    if (const auto number = deliveries_.number_in(text)) deliveries_.receive(*number, now);
}

void Audience::leave() {
    if (!thread_.joinable()) return;
    leaving_ = true;
    asio::post(context_, [this] {
        for (auto& connection : connections_)
            connection->cut();
        connections_.clear();  // their timers would keep the thread alive
    });
    thread_.join();
}

}  // namespace duel::bench
