#pragma once

// One thread of connections: its io_context, its connections, and one timer for all of them.
//
// A connection lives on one loop from accept to end, so nothing of it is locked. Everything but
// post(), start() and stop() belongs to the loop's own thread.

#include "platform/health.hpp"
#include "wsserver/net/service.hpp"
#include "wsserver/net/tally.hpp"
#include "wsserver/net/tls.hpp"
#include "wsserver/streams/output.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace duel::wsserver {

class Arrival;
class Session;

class Loop {
public:
    static constexpr std::chrono::milliseconds kTick{250};
    static constexpr std::size_t kMostEvents = 256;

    Loop(unsigned number, Service& service);
    // Stops: what is still connected ends with its TCP connection.
    ~Loop();

    void start(const std::shared_ptr<platform::Heartbeat>& heartbeat);
    // Ends the thread; then what belongs to it may be touched from outside.
    void stop();
    boost::asio::io_context& context() { return context_; }
    Service& service() { return service_; }
    // What new connections begin with.
    std::shared_ptr<const TlsContext> tls() const { return service_.tls.context(); }

    // Buffers of whoever is at work: connections have none of their own.
    std::span<char> inbound() { return inbound_; }
    std::string& outbound() { return outbound_; }

    template <class Task>
    void post(Task task) {
        boost::asio::post(context_, std::move(task));
    }

    // A new socket, before TLS and upgrade.
    void receive(boost::asio::ip::tcp::socket socket);
    void forget(const std::shared_ptr<Arrival>& arrival);

    ConnectionId add(std::shared_ptr<Session> session);
    void remove(ConnectionId who);

    // Each connection gets all of its messages, then writes once.
    void hand_over(
        std::vector<Delivery> deliveries,
        const std::vector<Closing>& closings,
        Instant handed
    );
    void close(ConnectionId who, std::uint16_t code, const std::string& reason);

    // Tells every client that the server goes, and closes them evenly over that time.
    void drain(std::chrono::milliseconds time);

    Tally& tally() { return tally_; }
    // Something for admins who watch; told with the next tick. Beyond kMostEvents only counted.
    void note(LifecycleEvent event);
    Survey survey(SurveyOf what) const;

    // Which loop a connection lives on.
    static unsigned number_of(ConnectionId who) { return static_cast<unsigned>(who >> 56); }

private:
    struct Slot {
        std::uint32_t generation = 0;
        std::shared_ptr<Session> session;
    };

    Session* find(ConnectionId who);
    void tick();
    void tell_events();

    unsigned number_;
    Service& service_;
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<platform::Heartbeat> heartbeat_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::set<std::shared_ptr<Arrival>> arrivals_;
    std::vector<ConnectionId> to_write_;
    std::vector<char> inbound_;
    std::string outbound_;

    Tally tally_;
    Observations delay_;                  // of the tick
    std::vector<LifecycleEvent> events_;  // since the last tick
    std::uint64_t lost_events_ = 0;

    std::vector<std::pair<Instant, ConnectionId>> leaving_;  // while draining, by time
    std::thread thread_;
};

}  // namespace duel::wsserver
