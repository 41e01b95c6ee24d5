#pragma once

#include "bench/deliveries.hpp"
#include "watch/connection.hpp"
#include "watch/endpoint.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace duel::bench {

// One client of the measurement.
struct Seat {
    watch::Endpoint endpoint;
    std::string token;
    std::string since{};  // the cursor to resume from; empty for a fresh start
    bool stalls = false;  // reads nothing any more once it is subscribed
};

// Many clients on one thread of their own, all of which note when they get what.
//
// They are the real client's connection, so the cost of receiving is part of what is measured.
class Audience {
public:
    // `type` is the message that counts, as `TRADE_EXECUTED`. The references must outlive it.
    Audience(
        const watch::Server& server,
        boost::asio::ssl::context& tls,
        std::string_view type,
        Deliveries& deliveries
    );
    ~Audience();

    // Opens all connections; throws where one cannot be opened or is not subscribed in time.
    void sit_down(const std::vector<Seat>& seats, std::chrono::seconds longest);

    // Connections that ended before leave().
    std::uint64_t lost() const { return lost_; }
    std::uint64_t messages() const { return messages_; }
    // Of those, the ones that count.
    std::uint64_t counted() const { return counted_; }
    // Cursors of the first client's messages that counted, in their order. After leave().
    const std::vector<std::string>& cursors() const { return cursors_; }
    // Closes all; afterwards the deliveries are complete.
    void leave();

private:
    boost::asio::awaitable<void> follow(Seat seat, std::shared_ptr<watch::Connection> connection);
    void receive(std::string_view text, bool is_first_client);

    const watch::Server& server_;
    boost::asio::ssl::context& tls_;
    std::string marker_;
    Deliveries& deliveries_;
    boost::asio::io_context context_{1};
    std::vector<std::shared_ptr<watch::Connection>> connections_;
    std::thread thread_;
    std::atomic<std::uint64_t> seated_{0};
    std::atomic<std::uint64_t> lost_{0};
    std::atomic<std::uint64_t> messages_{0};
    std::atomic<std::uint64_t> counted_{0};
    std::vector<std::string> cursors_;
    std::atomic<bool> leaving_{false};
};

}  // namespace duel::bench
