#include "watch/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>

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

[[noreturn]] void fail(boost::system::error_code failure, std::string_view step) {
    if (failure == beast::error::timeout) {
        throw Unreachable(fmt::format("{}: no answer within {} s", step, kPatience.count()));
    }
    const auto why = failure.message();
    const bool untrusted = why.find("certificate verify failed") != std::string::npos;
    throw Unreachable(fmt::format(
        "{}: {}{}", step, why, untrusted ? " (--ca, DUEL_CA: whose certificates to trust)" : ""
    ));
}

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

asio::ssl::context trusting(const std::string& ca_file) {
    asio::ssl::context tls{asio::ssl::context::tls_client};
    tls.set_options(
        asio::ssl::context::no_sslv2 | asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
        asio::ssl::context::no_tlsv1_1
    );
    tls.set_verify_mode(asio::ssl::verify_peer);
    if (ca_file.empty()) {
        tls.set_default_verify_paths();
    } else {
        boost::system::error_code failure;
        tls.load_verify_file(ca_file, failure);
        if (failure) {
            throw std::runtime_error(fmt::format(
                "DUEL_CA={}: a file of PEM certificates is wanted ({})", ca_file, failure.message()
            ));
        }
    }
    return tls;
}

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

Connection::Connection(const asio::any_io_executor& executor, asio::ssl::context& tls)
    : resolver_(executor), socket_(executor, tls) {}

asio::awaitable<void> Connection::open(
    Server server,
    std::string target,
    std::string token,
    std::chrono::seconds silence
) {
    auto [no_name, addresses] =
        co_await resolver_.async_resolve(server.host, std::to_string(server.port), kAwaitTuple);
    if (no_name) fail(no_name, "looking up " + server.host);

    auto& tcp = beast::get_lowest_layer(socket_);
    tcp.expires_after(kPatience);
    auto [not_connected, address] = co_await tcp.async_connect(addresses, kAwaitTuple);
    if (not_connected) fail(not_connected, "connecting to " + server.authority());
    boost::system::error_code ignored;
    tcp.socket().set_option(asio::ip::tcp::no_delay(true), ignored);

    auto& tls = socket_.next_layer();
    boost::system::error_code is_no_address;
    asio::ip::make_address(server.host, is_no_address);
    if (is_no_address) SSL_set_tlsext_host_name(tls.native_handle(), server.host.c_str());
    tls.set_verify_callback(asio::ssl::host_name_verification(server.host));
    tcp.expires_after(kPatience);
    auto [not_secure] = co_await tls.async_handshake(asio::ssl::stream_base::client, kAwaitTuple);
    if (not_secure) fail(not_secure, "TLS with " + server.authority());
    tcp.expires_never();

    socket_.set_option(websocket::stream_base::timeout{kPatience, silence, false});
    socket_.set_option(websocket::stream_base::decorator([token](websocket::request_type& request) {
        request.set(beast::http::field::user_agent, "duel-watch");
        if (!token.empty()) request.set(beast::http::field::sec_websocket_protocol, token);
    }));
    socket_.read_message_max(kMaxMessageBytes);
    websocket::response_type response;
    auto [refused] = co_await socket_.async_handshake(
        response, server.authority(), server.path + target, kAwaitTuple
    );
    if (refused == websocket::error::upgrade_declined) {
        throw UpgradeRefused(
            response.result_int(), seconds_in(response[beast::http::field::retry_after])
        );
    }
    if (refused) fail(refused, "upgrade at " + server.authority());
}

asio::awaitable<std::optional<std::string_view>> Connection::receive() {
    buffer_.clear();
    auto [failure, bytes] = co_await socket_.async_read(buffer_, kAwaitTuple);
    if (!failure) {
        const auto data = buffer_.cdata();
        co_return std::string_view{static_cast<const char*>(data.data()), data.size()};
    }
    if (failure == websocket::error::closed && socket_.reason().code != 0) {
        ending_.code = socket_.reason().code;
        ending_.reason = socket_.reason().reason.c_str();
    } else if (failure == beast::error::timeout) {
        ending_.reason = "nothing came for too long";
    } else {
        ending_.reason = failure.message();
    }
    co_return std::nullopt;
}

asio::awaitable<bool> Connection::send(std::string text) {
    socket_.text(true);
    auto [failure, bytes] = co_await socket_.async_write(asio::buffer(text), kAwaitTuple);
    co_return !failure;
}

asio::awaitable<void> Connection::close() {
    socket_.set_option(websocket::stream_base::timeout{
        std::chrono::seconds{2}, websocket::stream_base::none(), false});
    co_await socket_.async_close(websocket::close_code::normal, kAwaitTuple);
}

void Connection::cut() {
    resolver_.cancel();
    beast::get_lowest_layer(socket_).close();
}

}  // namespace duel::watch
