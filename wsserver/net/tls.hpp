#pragma once

// The certificate of the server and how it speaks TLS.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <string>

namespace duel::wsserver {

using Tcp = boost::asio::ip::tcp;

// TLS 1.2 and later, no renegotiation, buffers given back while idle. Immutable once made: a new
// certificate is a new context, and connections keep the one that they began with.
class TlsContext {
public:
    // Throws platform::SettingError with the file and the reason where certificate or key (PEM)
    // cannot be used.
    TlsContext(const std::string& certificate, const std::string& key);

    SSL_CTX* get() const { return native_; }

private:
    boost::asio::ssl::context context_;
    SSL_CTX* native_;
};

}  // namespace duel::wsserver
