#pragma once

#include "platform/backoff.hpp"
#include "watch/connection.hpp"
#include "watch/endpoint.hpp"
#include "watch/message.hpp"
#include "watch/resume.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::watch {

// Who is told what a session sees; called from its thread.
class Listener {
public:
    virtual ~Listener() = default;

    // Every text message as it came; `message` is nullptr where it is none of the protocol.
    virtual void on_message(std::string_view text, const Message* message) = 0;

    // Connected, lost, waiting: one sentence.
    virtual void on_notice(std::string_view sentence) = 0;

    // Something was lost, repeated or out of order, or the session cannot go on.
    virtual void on_fault(std::string_view sentence) = 0;
};

// Follows one endpoint for as long as it is wanted: reconnects by itself and resumes with the
// newest cursor of every channel, so that event messages arrive once each and in order.
//
// Waits between attempts grow with full jitter; a server that names a time (Retry-After,
// retry_after_ms) is obeyed. Ends by itself only where trying again is of no use: a refused token,
// an endpoint that does not exist.
class Session {
public:
    struct Settings {
        Server server;
        Endpoint endpoint;
        Wishes wishes;
        std::string token;
        std::vector<std::string> since;  // cursors from an earlier run
        platform::Backoff::Settings backoff{
            std::chrono::milliseconds{200},
            std::chrono::milliseconds{5'000},
            std::chrono::milliseconds{20}};
        std::optional<std::chrono::seconds> ping_every;  // default: 30 s, 15 s on market data
    };

    // `tls` and `listener` must outlive the session.
    Session(
        const boost::asio::any_io_executor& executor,
        boost::asio::ssl::context& tls,
        Settings settings,
        Listener& listener
    );

    // Runs until stop() or a final refusal.
    boost::asio::awaitable<void> run();

    // Ends run() soon, with a clean close where there is a connection.
    void stop();

    // Ends TCP under the session's feet, which then reconnects.
    void cut();

    bool was_connected() const { return was_connected_; }
    const Resume& resume() const { return resume_; }

private:
    boost::asio::awaitable<bool> open();
    boost::asio::awaitable<void> read_until_end(std::shared_ptr<Connection> connection);
    boost::asio::awaitable<void> keep_alive(std::shared_ptr<Connection> connection);
    boost::asio::awaitable<void> pause(std::string why);
    void receive(std::string_view text);
    void note_loss(const Message& subscribed);
    std::vector<std::string> since() const;
    std::string name() const;

    boost::asio::any_io_executor executor_;
    boost::asio::ssl::context& tls_;
    Settings settings_;
    Listener& listener_;
    Resume resume_;
    platform::Backoff backoff_;
    boost::asio::steady_timer pause_;
    std::shared_ptr<Connection> connection_;
    bool is_open_ = false;
    bool stopping_ = false;
    bool was_connected_ = false;
    std::optional<std::chrono::milliseconds> asked_to_wait_;
};

}  // namespace duel::watch
