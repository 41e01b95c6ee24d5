#pragma once

// TLS on a socket. The one place that says what a connection's bytes travel through: everything
// else in net/ knows only TlsStream, so another stream can take its place.

#include "platform/tls_stream.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <string>
#include <utility>

namespace duel::wsserver {

using Tcp = boost::asio::ip::tcp;

class TlsStream : public platform::TlsStream {
public:
    using platform::TlsStream::TlsStream;
};

// A server's context: TLS 1.2 and later, no renegotiation, buffers given back while idle. Throws
// platform::SettingError with the file and the reason where certificate or key cannot be used.
boost::asio::ssl::context make_tls_context(const std::string& certificate, const std::string& key);

// Ends what we send, TLS and TCP, at once: nobody waits for the peer's close_notify, since a TCP
// end that comes late makes some existing clients reconnect in a loop. The socket still reads, so
// that what the peer sent meanwhile cannot turn our last words into a reset.
void end_sending(TlsStream& stream);

// What Beast calls after a closing handshake.
void teardown(boost::beast::role_type role, TlsStream& stream, boost::system::error_code& error);

template <class Handler>
void async_teardown(boost::beast::role_type, TlsStream& stream, Handler&& handler) {
    end_sending(stream);
    boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
        handler(boost::system::error_code{});
    });
}

}  // namespace duel::wsserver
