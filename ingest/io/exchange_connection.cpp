#include "ingest/io/exchange_connection.hpp"

#include "core/error.hpp"
#include "ingest/rules/frame_reader.hpp"
#include "platform/tls_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <fmt/format.h>

namespace duel::ingest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::chrono::seconds kPatience{10};  // for each step of opening
constexpr std::string_view kCaSetting = "--exchange-ca, DUEL_INGEST_EXCHANGE_CA";
constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

std::string sentence_of(boost::system::error_code failure, const websocket::close_reason& reason) {
    if (failure == websocket::error::closed) {
        const std::string_view text{reason.reason.data(), reason.reason.size()};
        return fmt::format(
            "the exchange closed the connection ({}{}{})",
            reason.code == 0 ? 1005 : reason.code,
            text.empty() ? "" : ": ",
            excerpt(text)
        );
    }
    if (failure == websocket::error::message_too_big)
        return fmt::format("a message of more than {} bytes", FrameReader::kMaxFrameBytes);
    if (failure == beast::error::timeout) return "no answer to a ping";
    return "the connection was lost: " + failure.message();
}

}  // namespace

struct ExchangeConnection::Socket {
    Socket(const asio::any_io_executor& executor, asio::ssl::context& tls)
        : resolver(executor), stream(asio::ip::tcp::socket{executor}, tls) {}

    asio::ip::tcp::resolver resolver;
    websocket::stream<platform::TlsClientStream, true> stream;
    beast::flat_buffer buffer;
};

ExchangeConnection::ExchangeConnection(
    const asio::any_io_executor& executor,
    asio::ssl::context& tls
)
    : socket_(std::make_unique<Socket>(executor, tls)) {}

ExchangeConnection::~ExchangeConnection() = default;

asio::awaitable<void>
ExchangeConnection::open(platform::WssServer server, bool deflates, std::chrono::seconds idle) {
    auto& stream = socket_->stream;
    co_await platform::connect_tls(
        socket_->resolver, stream.next_layer(), server, kPatience, kCaSetting
    );
    stream.set_option(websocket::stream_base::timeout{kPatience, idle, true});
    stream.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
        request.set(beast::http::field::user_agent, "duel-ingest");
    }));
    websocket::permessage_deflate deflate;
    deflate.client_enable = deflates;
    stream.set_option(deflate);
    stream.read_message_max(FrameReader::kMaxFrameBytes);
    // Named: g++ 12 frees a conditional temporary wrongly where it shares an expression with
    // co_await.
    const std::string authority = server.authority();
    const std::string target = server.path.empty() ? "/" : server.path;
    auto [refused] = co_await stream.async_handshake(authority, target, kAwaitTuple);
    if (refused)
        platform::throw_unreachable(
            refused, "upgrade at " + server.authority(), kPatience, kCaSetting
        );
}

asio::awaitable<std::optional<std::string_view>> ExchangeConnection::receive() {
    socket_->buffer.clear();
    auto [failure, bytes] = co_await socket_->stream.async_read(socket_->buffer, kAwaitTuple);
    if (failure) {
        ending_ = sentence_of(failure, socket_->stream.reason());
        co_return std::nullopt;
    }
    const auto data = socket_->buffer.cdata();
    co_return std::string_view{static_cast<const char*>(data.data()), data.size()};
}

asio::awaitable<bool> ExchangeConnection::send(std::string text) {
    socket_->stream.text(true);
    auto [failure, bytes] = co_await socket_->stream.async_write(asio::buffer(text), kAwaitTuple);
    co_return !failure;
}

void ExchangeConnection::cut() {
    socket_->resolver.cancel();
    boost::system::error_code ignored;
    socket_->stream.next_layer().next_layer().close(ignored);
}

}  // namespace duel::ingest
