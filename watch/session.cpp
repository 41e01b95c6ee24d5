#include "watch/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace duel::watch {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMissedHeartbeats = 3;

seconds default_ping(const Endpoint& endpoint) {
    return seconds{endpoint.kind == Endpoint::Kind::market ? 15 : 30};
}

std::optional<milliseconds> retry_after(const Message& message) {
    auto digits = message.body.text("retry_after_ms");
    if (digits.empty()) digits = message.data().text("retry_after_ms");
    long long count = 0;
    const auto [stop, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (failure != std::errc{} || count < 0) return std::nullopt;
    return milliseconds{count};
}

}  // namespace

Session::Session(
    const asio::any_io_executor& executor,
    asio::ssl::context& tls,
    Settings settings,
    Listener& listener
)
    : executor_(executor),
      tls_(tls),
      settings_(std::move(settings)),
      listener_(listener),
      backoff_(settings_.backoff),
      pause_(executor) {
    if (!settings_.ping_every) settings_.ping_every = default_ping(settings_.endpoint);
}

std::string Session::name() const {
    std::string name;
    for (const auto& channel : settings_.endpoint.channels) {
        if (!name.empty()) name += ' ';
        name += channel;
    }
    return name;
}

// A cursor given by the caller serves until the channel itself has brought a newer one.
std::vector<std::string> Session::since() const {
    auto cursors = resume_.cursors([this](std::string_view channel) {
        return settings_.endpoint.resumes(channel);
    });
    return cursors.empty() ? settings_.since : cursors;
}

asio::awaitable<void> Session::run() {
    using asio::experimental::awaitable_operators::operator||;
    while (!stopping_) {
        if (!co_await open()) continue;
        auto connection = connection_;
        co_await (read_until_end(connection) || keep_alive(connection));
        is_open_ = false;
        if (stopping_) break;
        const Ending& ending = connection->ending();
        if (ending.final()) {
            listener_.on_fault(fmt::format("{}: {}", name(), ending.sentence()));
            break;
        }
        co_await pause(ending.sentence());
    }
    connection_.reset();
}

// False where it failed; the wait is then over.
asio::awaitable<bool> Session::open() {
    connection_ = std::make_shared<Connection>(executor_, tls_);
    auto connection = connection_;
    std::string why;
    try {
        const auto target = settings_.endpoint.target(settings_.wishes, since());
        const auto silence = *settings_.ping_every * kMissedHeartbeats;
        co_await connection->open(settings_.server, target, settings_.token, silence);
        is_open_ = true;
        was_connected_ = true;
        resume_.connected();
        if (stopping_) connection->cut();
        listener_.on_notice(fmt::format("{}: connected to {}", name(), settings_.server.authority())
        );
        co_return true;
    } catch (const UpgradeRefused& refused) {
        why = refused.what();
        asked_to_wait_ = refused.retry_after;
        if (refused.final()) {
            listener_.on_fault(fmt::format("{}: {}", name(), why));
            stopping_ = true;
        }
    } catch (const Unreachable& failure) {
        why = failure.what();
    }
    if (!stopping_) co_await pause(why);
    co_return false;
}

asio::awaitable<void> Session::read_until_end(std::shared_ptr<Connection> connection) {
    while (const auto text = co_await connection->receive())
        receive(*text);
}

asio::awaitable<void> Session::keep_alive(std::shared_ptr<Connection> connection) {
    asio::steady_timer timer{executor_};
    for (;;) {
        timer.expires_after(*settings_.ping_every);
        co_await timer.async_wait(asio::use_awaitable);
        co_await connection->send(R"({"type":"ping"})");
    }
}

asio::awaitable<void> Session::pause(std::string why) {
    auto wait = backoff_.next();
    if (asked_to_wait_) wait = std::max(wait, *asked_to_wait_ + wait / 2);
    asked_to_wait_.reset();
    const auto shown = static_cast<double>(wait.count()) / 1000;
    listener_.on_notice(fmt::format("{}: {}; again in {:.1f} s", name(), why, shown));
    pause_.expires_after(wait);
    co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
}

void Session::receive(std::string_view text) {
    const auto message = Message::parse(text);
    listener_.on_message(text, message ? &*message : nullptr);
    if (!message) {
        listener_.on_fault(fmt::format("{}: a message that is no JSON of the protocol", name()));
        return;
    }
    if (message->type == "SERVER_SHUTDOWN") asked_to_wait_ = retry_after(*message);
    if (message->type == "SUBSCRIBED") {
        backoff_.reset();
        note_loss(*message);
    }
    if (const auto wrong = resume_.accept(*message)) listener_.on_fault(*wrong);
}

// The server says openly where it cannot replay: no fault, but the reader must know.
void Session::note_loss(const Message& subscribed) {
    if (subscribed.body.text("recovery") != "snapshot") return;
    listener_.on_notice(fmt::format(
        "{}: the server could not replay ({}): event messages since the last cursor are missing",
        subscribed.channel,
        subscribed.body.text("reason")
    ));
}

void Session::stop() {
    stopping_ = true;
    pause_.cancel();
    if (!connection_) return;
    if (!is_open_) {
        connection_->cut();
        return;
    }
    asio::co_spawn(
        executor_,
        [](std::shared_ptr<Connection> connection) -> asio::awaitable<void> {
            co_await connection->close();
        }(connection_),
        asio::detached
    );
}

void Session::cut() {
    if (connection_) connection_->cut();
}

}  // namespace duel::watch
