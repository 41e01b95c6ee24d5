#include "wsserver/net/tls_socket.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <openssl/err.h>

namespace duel::wsserver {
namespace {

using boost::system::error_code;
using platform::TlsHandler;

error_code error_of(const TlsSocket::Step& step) {
    switch (step.outcome) {
        case TlsSocket::Outcome::ended:
            return boost::asio::error::eof;
        case TlsSocket::Outcome::failed:
            return boost::asio::error::connection_aborted;
        default:
            return {};
    }
}

}  // namespace

TlsSocket::TlsSocket(Tcp::socket socket, const TlsContext& context)
    : socket_(std::move(socket)), ssl_(SSL_new(context.get())) {
    if (!ssl_) throw std::bad_alloc();
    error_code error;
    socket_.non_blocking(true, error);
    if (!error) socket_.native_non_blocking(true, error);
    if (error || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) has_failed_ = true;
    SSL_set_accept_state(ssl_.get());
}

TlsSocket::Step TlsSocket::step_of(int result, std::size_t bytes) {
    if (result > 0) return {Outcome::done, bytes};
    switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {Outcome::wants_read};
        case SSL_ERROR_WANT_WRITE:
            return {Outcome::wants_write};
        case SSL_ERROR_ZERO_RETURN:
            return {Outcome::ended};
        default:
            has_failed_ = true;
            return {Outcome::failed};
    }
}

TlsSocket::Step TlsSocket::read(std::span<char> into) {
    if (has_failed_) return {Outcome::failed};
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
    return step_of(result, bytes);
}

TlsSocket::Step TlsSocket::write(std::string_view bytes) {
    if (has_failed_) return {Outcome::failed};
    ERR_clear_error();
    std::size_t written = 0;
    const int result =
        SSL_write_ex(ssl_.get(), bytes.data(), std::min(bytes.size(), kRecordBytes), &written);
    return step_of(result, written);
}

// The attempt gives a Step; it is made again whenever the socket is ready for what it wants.
template <class Attempt>
void TlsSocket::repeat(Attempt attempt, TlsHandler done) {
    const Step step = attempt();
    if (!step.wants()) {
        boost::asio::post(get_executor(), [done = std::move(done), step]() mutable {
            done(error_of(step), step.bytes);
        });
        return;
    }
    async_wait(step.outcome, [this, attempt, done = std::move(done)](error_code error) mutable {
        if (error) return done(error);
        repeat(attempt, std::move(done));
    });
}

void TlsSocket::shake_hands(TlsHandler done) {
    const auto attempt = [this] {
        if (has_failed_) return Step{Outcome::failed};
        ERR_clear_error();
        return step_of(SSL_accept(ssl_.get()), 0);
    };
    repeat(attempt, std::move(done));
}

void TlsSocket::read_some(boost::asio::mutable_buffer into, TlsHandler done) {
    const auto attempt = [this, into] {
        return read({static_cast<char*>(into.data()), into.size()});
    };
    repeat(attempt, std::move(done));
}

void TlsSocket::write_some(boost::asio::const_buffer bytes, TlsHandler done) {
    const auto attempt = [this, bytes] {
        return write({static_cast<const char*>(bytes.data()), bytes.size()});
    };
    repeat(attempt, std::move(done));
}

void TlsSocket::end_sending() {
    if (!socket_.is_open()) return;
    ERR_clear_error();
    if (!has_failed_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    error_code ignored;
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

void TlsSocket::close() {
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace duel::wsserver
