#pragma once

// The client's side of TLS: connects to a server and makes sure that it is the one that was meant.

#include "platform/tls_stream.hpp"
#include "platform/wss_server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace duel::platform {

// TLS 1.2 or newer that believes only the authorities of one PEM file; of the system where that is
// empty. Throws std::runtime_error where the file holds none; `setting` is what named it.
boost::asio::ssl::context trusting(const std::string& ca_file, std::string_view setting);

// A server cannot be reached, or is not the one that was meant. The sentence says which step
// failed and why.
struct Unreachable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws Unreachable for a step (`looking up …`) that failed, within `patience` where it took too
// long.
[[noreturn]] void throw_unreachable(
    boost::system::error_code failure,
    std::string_view step,
    std::chrono::seconds patience,
    std::string_view ca_setting
);

// Ends as RFC 6455 wants of a client: TLS is closed, then TCP.
class TlsClientStream : public TlsStream {
public:
    using TlsStream::TlsStream;

    // What Beast calls after a closing handshake, and after a failure of its own. How TLS ends then
    // is no news; it would hide the failure.
    template <class Handler>
    friend void
    async_teardown(boost::beast::role_type, TlsClientStream& stream, Handler&& handler) {
        stream.async_shutdown([&stream, handler = std::forward<Handler>(handler)](
                                  boost::system::error_code /*failure*/
                              ) mutable {
            boost::system::error_code ignored;
            stream.next_layer().close(ignored);
            handler(boost::system::error_code{});
        });
    }
};

// Name, TCP, TLS with the host's name asked for and verified. Throws Unreachable; each step may
// take `patience`. `resolver` and `stream` must outlive it; closing both ends it. A TCP socket that
// is bound to an address of ours connects from there.
boost::asio::awaitable<void> connect_tls(
    boost::asio::ip::tcp::resolver& resolver,
    TlsClientStream& stream,
    WssServer server,
    std::chrono::seconds patience,
    std::string_view ca_setting
);

}  // namespace duel::platform
