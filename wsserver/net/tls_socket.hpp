#pragma once

// TLS on a non-blocking TCP socket: OpenSSL works on the descriptor itself.
//
// asio::ssl::stream keeps four buffers of 17 kB and copies through them; here an idle connection
// holds none (SSL_MODE_RELEASE_BUFFERS) and a write is one SSL_write. Two ways to use it: step by
// step, where OK, "wait for the socket" and the end are told apart, or as an Asio AsyncStream,
// which is what Beast reads the upgrade request through. One thread.

#include "platform/tls_stream.hpp"
#include "wsserver/net/tls.hpp"

#include <cstddef>
#include <memory>
#include <openssl/ssl.h>
#include <span>
#include <string_view>

namespace duel::wsserver {

class TlsSocket {
public:
    // NOLINTNEXTLINE(readability-identifier-naming): Asio's
    using executor_type = Tcp::socket::executor_type;

    enum class Outcome { done, wants_read, wants_write, ended, failed };
    struct Step {
        Outcome outcome = Outcome::failed;
        std::size_t bytes = 0;

        bool wants() const {
            return outcome == Outcome::wants_read || outcome == Outcome::wants_write;
        }
    };

    // One record of TLS (RFC 8446, section 5.1): what is written at once is never more.
    static constexpr std::size_t kRecordBytes = 16'384;

    TlsSocket(Tcp::socket socket, const TlsContext& context);
    TlsSocket(TlsSocket&&) = default;

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    Tcp::socket& tcp() noexcept { return socket_; }

    // Never wait. A write that wants is repeated with the same bytes.
    Step read(std::span<char> into);
    Step write(std::string_view bytes);

    // Calls the handler, `void(error_code)`, when the socket may be ready for what was wanted.
    template <class Handler>
    void async_wait(Outcome wanted, Handler&& handler) {
        socket_.async_wait(
            wanted == Outcome::wants_read ? Tcp::socket::wait_read : Tcp::socket::wait_write,
            std::forward<Handler>(handler)
        );
    }

    template <class Handler>
    void async_handshake(Handler&& handler) {
        shake_hands(platform::TlsHandler::of_step(std::forward<Handler>(handler)));
    }
    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        read_some(
            first_of<boost::asio::mutable_buffer>(buffers),
            platform::TlsHandler::of_transfer(std::forward<Handler>(handler))
        );
    }
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        write_some(
            first_of<boost::asio::const_buffer>(buffers),
            platform::TlsHandler::of_transfer(std::forward<Handler>(handler))
        );
    }

    // Says that nothing more comes, TLS and TCP, at once: nobody waits for the peer's close_notify,
    // since a TCP end that comes late makes some existing clients reconnect in a loop. The socket
    // still reads, so that what the peer sent meanwhile cannot turn our last words into a reset.
    void end_sending();
    void close();

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    template <class Buffer, class Buffers>
    static Buffer first_of(const Buffers& buffers) {
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto one = boost::asio::buffer_sequence_begin(buffers); one != end; ++one)
            if (Buffer{*one}.size() > 0) return *one;
        return {};
    }

    Step step_of(int result, std::size_t bytes);
    template <class Attempt>
    void repeat(Attempt attempt, platform::TlsHandler done);
    void shake_hands(platform::TlsHandler done);
    void read_some(boost::asio::mutable_buffer into, platform::TlsHandler done);
    void write_some(boost::asio::const_buffer bytes, platform::TlsHandler done);

    Tcp::socket socket_;
    std::unique_ptr<SSL, Free> ssl_;
    bool has_failed_ = false;  // then OpenSSL must not be asked to say good-bye
};

}  // namespace duel::wsserver
