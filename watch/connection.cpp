#include "watch/connection.hpp"

#include "platform/tls_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <charconv>
#include <fmt/format.h>

namespace duel::watch {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::chrono::seconds kPatience{10};         // for each step of opening
constexpr std::size_t kMaxMessageBytes = 64U << 20U;  // a snapshot of many thousand rows
constexpr auto kAwait = asio::use_awaitable;
constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

constexpr std::string_view kCaSetting = "--ca, DUEL_CA";

std::optional<std::chrono::seconds> seconds_in(std::string_view header) {
    unsigned count = 0;
    const auto* end = header.data() + header.size();
    const auto [stop, failure] = std::from_chars(header.data(), end, count);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return std::chrono::seconds{count};
}

std::string_view meaning(unsigned status) {
    switch (status) {
        case 400:
            return "it did not understand the request";
        case 401:
            return "it refused who asks (token or origin)";
        case 403:
            return "this token may not use the endpoint";
        case 404:
            return "there is no such endpoint";
        case 429:
            return "too many connection attempts";
        case 503:
            return "it takes no connections at the moment";
        default:
            return "it did not open a WebSocket";
    }
}

std::string_view meaning_of_close(std::uint16_t code) {
    switch (code) {
        case 1000:
            return "the server ended the connection";
        case 1001:
            return "the server goes away";
        case 1006:
            return "the connection was lost";
        case 1008:
            return "the token is missing, bad or expired, or a rule was broken";
        case 1009:
            return "a message of ours was too big";
        case 1011:
            return "the server failed";
        case 1012:
            return "the server restarts";
        case 1013:
            return "the server is full";
        case 4408:
            return "we read too slowly";
        case 4429:
            return "too many messages, or connections of this user";
        default:
            return "the server closed the connection";
    }
}

}  // namespace

UpgradeRefused::UpgradeRefused(unsigned http_status, std::optional<std::chrono::seconds> wait)
    : std::runtime_error(
          fmt::format("the server answered HTTP {}: {}", http_status, meaning(http_status))
      ),
      status(http_status),
      retry_after(wait) {}

std::string Ending::sentence() const {
    auto text = fmt::format("{}: {}", code, meaning_of_close(code));
    if (!reason.empty()) text += fmt::format(" ({})", reason);
    return text;
}

struct Connection::Socket {
    Socket(const asio::any_io_executor& executor, asio::ssl::context& tls)
        : resolver(executor), stream(asio::ip::tcp::socket{executor}, tls) {}

    asio::ip::tcp::socket& tcp() { return stream.next_layer().next_layer(); }

    asio::ip::tcp::resolver resolver;
    websocket::stream<platform::TlsClientStream, false> stream;
    beast::flat_buffer buffer;
};

Connection::Connection(const asio::any_io_executor& executor, asio::ssl::context& tls)
    : socket_(std::make_unique<Socket>(executor, tls)) {}

Connection::~Connection() = default;

void Connection::bind(const asio::ip::address& address) {
    const asio::ip::tcp::endpoint from{address, 0};
    socket_->tcp().open(from.protocol());
    socket_->tcp().bind(from);
}

asio::awaitable<void> Connection::open(
    Server server,
    std::string target,
    std::string token,
    std::chrono::seconds silence
) {
    co_await platform::connect_tls(
        socket_->resolver, socket_->stream.next_layer(), server, kPatience, kCaSetting
    );

    socket_->stream.set_option(websocket::stream_base::timeout{kPatience, silence, false});
    socket_->stream.set_option(
        websocket::stream_base::decorator([token](websocket::request_type& request) {
            request.set(beast::http::field::user_agent, "duel-watch");
            if (!token.empty()) request.set(beast::http::field::sec_websocket_protocol, token);
        })
    );
    socket_->stream.read_message_max(kMaxMessageBytes);
    websocket::response_type response;
    auto [refused] = co_await socket_->stream.async_handshake(
        response, server.authority(), server.path + target, kAwaitTuple
    );
    if (refused == websocket::error::upgrade_declined) {
        throw UpgradeRefused(
            response.result_int(), seconds_in(response[beast::http::field::retry_after])
        );
    }
    if (refused)
        platform::throw_unreachable(
            refused, "upgrade at " + server.authority(), kPatience, kCaSetting
        );
}

asio::awaitable<std::optional<std::string_view>> Connection::receive() {
    socket_->buffer.clear();
    auto [failure, bytes] = co_await socket_->stream.async_read(socket_->buffer, kAwaitTuple);
    if (!failure) {
        const auto data = socket_->buffer.cdata();
        co_return std::string_view{static_cast<const char*>(data.data()), data.size()};
    }
    if (failure == websocket::error::closed && socket_->stream.reason().code != 0) {
        ending_.code = socket_->stream.reason().code;
        ending_.reason = socket_->stream.reason().reason.c_str();
    } else if (failure == beast::error::timeout) {
        ending_.reason = "nothing came for too long";
    } else {
        ending_.reason = failure.message();
    }
    co_return std::nullopt;
}

asio::awaitable<bool> Connection::send(std::string text) {
    socket_->stream.text(true);
    auto [failure, bytes] = co_await socket_->stream.async_write(asio::buffer(text), kAwaitTuple);
    co_return !failure;
}

asio::awaitable<void> Connection::close() {
    socket_->stream.set_option(websocket::stream_base::timeout{
        std::chrono::seconds{2}, websocket::stream_base::none(), false});
    co_await socket_->stream.async_close(websocket::close_code::normal, kAwaitTuple);
}

void Connection::cut() {
    socket_->resolver.cancel();
    boost::system::error_code ignored;
    socket_->tcp().close(ignored);
}

}  // namespace duel::watch
