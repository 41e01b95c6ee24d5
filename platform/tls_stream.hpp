#pragma once

// TLS on a TCP socket, for Asio and Beast, compiled once.
//
// Asio and Beast nest their operations as types: a WebSocket over asio::ssl::stream compiles all of
// TLS and TCP anew below each operation of its own. Here every handler goes behind one type on the
// heap, and what is below it is compiled in tls_stream.cpp alone.

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace duel::platform {

// Any handler; called once or never.
class TlsHandler {
public:
    // `void(error_code, std::size_t)`
    template <class Handler>
    static TlsHandler of_transfer(Handler&& handler) {
        return TlsHandler{
            std::make_unique<Held<std::decay_t<Handler>, true>>(std::forward<Handler>(handler))};
    }
    // `void(error_code)`
    template <class Handler>
    static TlsHandler of_step(Handler&& handler) {
        return TlsHandler{
            std::make_unique<Held<std::decay_t<Handler>, false>>(std::forward<Handler>(handler))};
    }

    void operator()(boost::system::error_code error, std::size_t bytes = 0) {
        // The handler may end the life of whatever holds this.
        const auto held = std::move(held_);
        held->call(error, bytes);
    }

    // How whoever waits cancels the operation, as Asio asks handlers for it.
    using cancellation_slot_type =  // NOLINT(readability-identifier-naming): Asio's
        boost::asio::cancellation_slot;
    cancellation_slot_type get_cancellation_slot() const noexcept { return held_->slot; }

    // Bytes that live as long as the operation.
    std::string& bytes() { return held_->bytes; }

private:
    struct Base {
        explicit Base(cancellation_slot_type of_handler) : slot(of_handler) {}
        virtual ~Base() = default;
        virtual void call(boost::system::error_code error, std::size_t bytes) = 0;
        cancellation_slot_type slot;
        std::string bytes;
    };

    template <class Handler, bool kWithBytes>
    struct Held final : Base {
        explicit Held(Handler taken)
            : Base(boost::asio::get_associated_cancellation_slot(taken)),
              handler(std::move(taken)) {}
        void call(boost::system::error_code error, std::size_t count) override {
            auto taken = std::move(handler);
            if constexpr (kWithBytes) {
                taken(error, count);
            } else {
                taken(error);
            }
        }
        Handler handler;
    };

    explicit TlsHandler(std::unique_ptr<Base> held) : held_(std::move(held)) {}

    std::unique_ptr<Base> held_;
};

// One read and one write may be under way at a time. Handlers run on the executor of the socket,
// whatever they are bound to: one thread runs it. How a WebSocket on it ends is for the derived
// class to say (Beast's teardown).
class TlsStream {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;  // NOLINT(readability-identifier-naming): Asio's
    using Side = boost::asio::ssl::stream_base::handshake_type;

    TlsStream(Socket socket, boost::asio::ssl::context& tls);

    executor_type get_executor() noexcept { return stream_.get_executor(); }
    Socket& next_layer() noexcept { return stream_.next_layer(); }
    boost::asio::ssl::stream<Socket>& native() noexcept { return stream_; }

    template <class Handler>
    void async_handshake(Side side, Handler&& handler) {
        begin_handshake(side, TlsHandler::of_step(std::forward<Handler>(handler)));
    }

    // Says that nothing more will be sent and waits for the peer to say so.
    template <class Handler>
    void async_shutdown(Handler&& handler) {
        begin_shutdown(TlsHandler::of_step(std::forward<Handler>(handler)));
    }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        boost::asio::mutable_buffer into;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto one = boost::asio::buffer_sequence_begin(buffers); one != end; ++one) {
            into = *one;
            if (into.size() > 0) break;
        }
        begin_read(into, TlsHandler::of_transfer(std::forward<Handler>(handler)));
    }

    // Small buffers become one record of TLS: a frame's head does not travel alone.
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        auto done = TlsHandler::of_transfer(std::forward<Handler>(handler));
        boost::asio::const_buffer record;
        const auto end = boost::asio::buffer_sequence_end(buffers);
        for (auto one = boost::asio::buffer_sequence_begin(buffers); one != end; ++one) {
            if (!add(*one, record, done.bytes())) break;
        }
        begin_write(record, std::move(done));
    }

private:
    // Lengthens the record by the piece, joining them in `joined`; false where it is full.
    static bool
    add(boost::asio::const_buffer piece, boost::asio::const_buffer& record, std::string& joined);
    void begin_handshake(Side side, TlsHandler done);
    void begin_shutdown(TlsHandler done);
    void begin_read(boost::asio::mutable_buffer into, TlsHandler done);
    void begin_write(boost::asio::const_buffer record, TlsHandler done);

    boost::asio::ssl::stream<Socket> stream_;
};

}  // namespace duel::platform
