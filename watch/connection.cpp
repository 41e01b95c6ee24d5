#include "watch/connection.hpp"

#include "platform/tls_stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
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

// Ends as RFC 6455 wants of a client: TLS is closed, then TCP.
class ClientStream : public platform::TlsStream {
public:
    using TlsStream::TlsStream;

    // What Beast calls after a closing handshake.
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, ClientStream& stream, Handler&& handler) {
        stream.async_shutdown([&stream, handler = std::forward<Handler>(handler)](
                                  boost::system::error_code failure
                              ) mutable {
            boost::system::error_code ignored;
            stream.next_layer().close(ignored);
            handler(failure);
        });
    }
};

// Closes a socket that takes longer than kPatience for a step.
class Patience {
public:
    explicit Patience(asio::ip::tcp::socket& socket) : state_(std::make_shared<State>(socket)) {
        renew();
    }
    ~Patience() { end(); }
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

    void renew() {
        state_->timer.expires_after(kPatience);
        state_->timer.async_wait([state = state_](boost::system::error_code stopped) {
            if (stopped || state->is_over) return;
            boost::system::error_code ignored;
            state->is_late = true;
            state->socket.close(ignored);
        });
    }
    void end() {
        state_->is_over = true;
        state_->timer.cancel();
    }
    // Why the step failed.
    boost::system::error_code verdict(boost::system::error_code failure) const {
        return state_->is_late ? beast::error::timeout : failure;
    }

private:
    // Outlives this where the timer has just run out.
    struct State {
        explicit State(asio::ip::tcp::socket& of) : socket(of), timer(of.get_executor()) {}
        asio::ip::tcp::socket& socket;
        asio::steady_timer timer;
        bool is_late = false;
        bool is_over = false;
    };
    std::shared_ptr<State> state_;
};

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

struct Connection::Socket {
    Socket(const asio::any_io_executor& executor, asio::ssl::context& tls)
        : resolver(executor), stream(asio::ip::tcp::socket{executor}, tls) {}

    asio::ip::tcp::socket& tcp() { return stream.next_layer().next_layer(); }

    asio::ip::tcp::resolver resolver;
    websocket::stream<ClientStream, false> stream;
    beast::flat_buffer buffer;
};

Connection::Connection(const asio::any_io_executor& executor, asio::ssl::context& tls)
    : socket_(std::make_unique<Socket>(executor, tls)) {}

Connection::~Connection() = default;

asio::awaitable<void> Connection::open(
    Server server,
    std::string target,
    std::string token,
    std::chrono::seconds silence
) {
    auto [no_name, addresses] = co_await socket_->resolver.async_resolve(
        server.host, std::to_string(server.port), kAwaitTuple
    );
    if (no_name) fail(no_name, "looking up " + server.host);

    auto& tcp = socket_->tcp();
    Patience patience{tcp};
    auto [not_connected, address] = co_await asio::async_connect(tcp, addresses, kAwaitTuple);
    if (not_connected) fail(patience.verdict(not_connected), "connecting to " + server.authority());
    boost::system::error_code ignored;
    tcp.set_option(asio::ip::tcp::no_delay(true), ignored);

    auto& tls = socket_->stream.next_layer();
    boost::system::error_code is_no_address;
    asio::ip::make_address(server.host, is_no_address);
    if (is_no_address) SSL_set_tlsext_host_name(tls.native().native_handle(), server.host.c_str());
    tls.native().set_verify_callback(asio::ssl::host_name_verification(server.host));
    patience.renew();
    auto [not_secure] =
        co_await asio::async_initiate<decltype(kAwaitTuple), void(boost::system::error_code)>(
            [&tls](auto handler) {
                tls.async_handshake(asio::ssl::stream_base::client, std::move(handler));
            },
            kAwaitTuple
        );
    if (not_secure) fail(patience.verdict(not_secure), "TLS with " + server.authority());
    patience.end();

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
    if (refused) fail(refused, "upgrade at " + server.authority());
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
