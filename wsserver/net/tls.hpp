#pragma once

// The certificate of the server and how it speaks TLS.

#include "platform/file_watch.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <mutex>
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

// The context for new connections, made anew when the files change. Thread-safe.
class TlsSource {
public:
    // As TlsContext.
    TlsSource(std::string certificate, std::string key);

    std::shared_ptr<const TlsContext> context() const;

private:
    // Reads the files again; where they cannot be used, says so and keeps what there is: the other
    // of the two may be on its way.
    void renew();

    std::string certificate_;
    std::string key_;
    mutable std::mutex mutex_;
    std::shared_ptr<const TlsContext> context_;
    platform::FileWatch watch_;  // last: it uses all of the above
};

}  // namespace duel::wsserver
