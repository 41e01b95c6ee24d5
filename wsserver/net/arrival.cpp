#include "wsserver/net/arrival.hpp"

#include "platform/log.hpp"
#include "wsserver/io/clock.hpp"
#include "wsserver/net/session.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace duel::wsserver {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::chrono::milliseconds kLookAgain{20};
constexpr std::chrono::seconds kLinger{2};
constexpr std::uint32_t kMaxHeaderBytes = 16'384;  // a token of 8 kB and what browsers add

Proxies::Address address_of(const Tcp::socket& socket) {
    error_code error;
    return socket.remote_endpoint(error).address();
}

}  // namespace

Arrival::Arrival(Loop& loop, Tcp::socket socket)
    : loop_(loop),
      service_(loop.service()),
      socket_(std::move(socket), *loop.tls()),
      peer_(address_of(socket_.tcp())),
      ip_(peer_.to_string()),
      began_(std::chrono::steady_clock::now()),
      deadline_(began_ + service_.settings.handshake_deadline) {
    parser_.header_limit(kMaxHeaderBytes);
    parser_.body_limit(0);
}

Arrival::~Arrival() {
    if (!is_session_) --service_.connections;
}

void Arrival::start() {
    service_.meters.attempts.Increment();
    if (service_.settings.proxies_say_first && service_.proxies.lists(peer_))
        read_proxy_header();
    else
        shake_hands();
}

// Looked at until it is whole, then taken: what follows belongs to TLS.
void Arrival::read_proxy_header() {
    socket_.tcp().async_wait(Tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
        std::array<char, ProxyHeader::kMostBytes> bytes{};
        auto& tcp = self->socket_.tcp();
        const auto into = boost::asio::buffer(bytes);
        std::size_t count = 0;
        if (!error) count = tcp.receive(into, Tcp::socket::message_peek, error);
        if (error) return self->abort("proxy");
        const auto header = ProxyHeader::read({bytes.data(), count});
        if (header.state == ProxyHeader::State::malformed) return self->abort("proxy");
        if (header.state == ProxyHeader::State::incomplete) return self->wait_for_more();
        tcp.receive(boost::asio::buffer(bytes.data(), header.bytes), 0, error);
        if (error) return self->abort("proxy");
        if (header.client) self->peer_ = *header.client;
        self->ip_ = self->peer_.to_string();
        self->shake_hands();
    });
}

// The socket counts as readable because of what is there: so it is looked at again after a while.
void Arrival::wait_for_more() {
    auto timer = std::make_shared<boost::asio::steady_timer>(loop_.context(), kLookAgain);
    timer->async_wait([self = shared_from_this(), timer](error_code error) {
        if (!error && self->socket_.tcp().is_open()) self->read_proxy_header();
    });
}

void Arrival::shake_hands() {
    socket_.async_handshake([self = shared_from_this()](error_code error) {
        if (error) return self->abort("tls");
        const auto now = std::chrono::steady_clock::now();
        self->service_.meters.handshake.Observe(
            std::chrono::duration<double>{now - self->began_}.count()
        );
        self->deadline_ = now + self->service_.settings.upgrade_deadline;
        self->read_request();
    });
}

void Arrival::read_request() {
    http::async_read_header(
        socket_,
        buffer_,
        parser_,
        [self = shared_from_this()](error_code error, std::size_t) {
            if (!error) return self->on_request();
            const bool is_http = error.category() == error_code{http::error::bad_method}.category();
            if (error == http::error::header_limit)
                return self->refuse({431, Code::invalid_field, "request", "the header is too long"}
                );
            if (is_http && error != http::error::end_of_stream &&
                error != http::error::partial_message)
                return self->refuse(
                    {400, Code::invalid_field, "request", "no HTTP request: " + error.message()}
                );
            self->abort("gone");
        }
    );
}

void Arrival::on_request() {
    auto read = read_upgrade(parser_.get(), service_.settings.origins, buffer_.size());
    if (const auto* refusal = std::get_if<UpgradeRefusal>(&read)) return refuse(*refusal);
    auto& upgrade = std::get<Upgrade>(read);
    if (service_.proxies.lists(peer_)) {
        std::vector<std::string_view> forwarded;
        const auto [first, last] = parser_.get().equal_range("X-Forwarded-For");
        for (auto header = first; header != last; ++header)
            forwarded.emplace_back(header->value().data(), header->value().size());
        ip_ = service_.proxies.client_of(peer_, forwarded).to_string();
    }
    if (upgrade.match.endpoint->is_test && !service_.settings.has_test_endpoints)
        return refuse({404, Code::unknown_channel, "path", "test endpoints are not enabled here"});
    Verdict verdict = Refusal{Refusal::Why::absent, "none was offered as the subprotocol"};
    if (!upgrade.token.empty())
        verdict = service_.tokens.verify(
            upgrade.token, std::chrono::floor<std::chrono::seconds>(clock_now().wall)
        );
    if (const auto refusal = limit(upgrade, verdict)) return refuse(*refusal);
    accept(std::move(upgrade), std::move(verdict));
}

std::optional<UpgradeRefusal> Arrival::limit(const Upgrade& upgrade, const Verdict& verdict) {
    const auto now = std::chrono::steady_clock::now();
    const auto too_many = [](Code code, const char* reason, std::chrono::seconds wait) {
        return UpgradeRefusal{
            429,
            code,
            reason,
            "too many connections or attempts; try again in " + std::to_string(wait.count()) + " s",
            {{"Retry-After", std::to_string(wait.count())}}};
    };
    if (const auto wait = service_.attempts_by_ip.attempt(ip_, now))
        return too_many(Code::too_many_connections, "attempts_of_ip", *wait);
    const auto* claims = std::get_if<Claims>(&verdict);
    const auto who = claims != nullptr ? "wallet " + claims->wallet : "ip " + ip_;
    if (const auto wait = service_.attempts_by_path.attempt(who + ' ' + upgrade.target.path, now))
        return too_many(Code::too_many_connections, "attempts", *wait);
    if (service_.connections > service_.settings.most_connections)
        return too_many(Code::server_full, "server_full", std::chrono::seconds{5});
    return {};
}

void Arrival::refuse(const UpgradeRefusal& refusal) {
    service_.meters.rejected(refusal.reason);
    service_.lines.refusals.write(
        platform::log::Level::info, "refused {} with {}: {}", ip_, refusal.status, refusal.sentence
    );
    loop_.note({
        .what = "refused",
        .ip = ip_,
        .code = text(refusal.code),
        .reason = refusal.reason,
    });
    response_.version(11);
    response_.result(refusal.status);
    response_.set(http::field::server, "duelcast");
    response_.set(http::field::content_type, "application/json");
    for (const auto& [name, value] : refusal.headers)
        response_.set(name, value);
    response_.keep_alive(false);
    JsonWriter{response_.body()}
        .begin_object()
        .key("error")
        .begin_object()
        .field("code", text(refusal.code))
        .field("message", refusal.sentence)
        .end_object()
        .end_object();
    response_.prepare_payload();
    is_refused_ = true;
    deadline_ = std::min(deadline_, std::chrono::steady_clock::now() + kLinger);
    http::async_write(
        socket_,
        response_,
        [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->leave();
            self->socket_.end_sending();
            self->linger();
        }
    );
}

// What the client still sends is dropped until it has heard the end: closing before would be a
// reset, which can take the answer back.
void Arrival::linger() {
    socket_.tcp().async_wait(Tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
        const auto into = self->loop_.inbound();
        if (!error)
            self->socket_.tcp().receive(boost::asio::buffer(into.data(), into.size()), 0, error);
        if (error && error != boost::asio::error::would_block) return self->leave();
        self->linger();
    });
}

void Arrival::accept(Upgrade upgrade, Verdict verdict) {
    answer_ = answer_to(upgrade);
    boost::asio::async_write(
        socket_,
        boost::asio::buffer(answer_),
        [self = shared_from_this(),
         upgrade = std::move(upgrade),
         verdict = std::move(verdict)](error_code error, std::size_t) mutable {
            if (error) return self->abort("gone");
            self->become_session(std::move(upgrade), verdict);
        }
    );
}

void Arrival::become_session(Upgrade upgrade, const Verdict& verdict) {
    is_session_ = true;
    std::make_shared<Session>(
        loop_,
        std::move(socket_),
        std::move(upgrade.match),
        std::move(upgrade.target),
        std::move(ip_)
    )
        ->start(verdict);
    leave();
}

void Arrival::tick(Instant now) {
    if (now > deadline_) abort("deadline");
}

void Arrival::abort(std::string_view reason) {
    if (is_session_ || !socket_.tcp().is_open()) return;
    if (!is_refused_) service_.meters.rejected(reason);
    socket_.close();
    leave();
}

void Arrival::leave() {
    loop_.forget(shared_from_this());
}

}  // namespace duel::wsserver
