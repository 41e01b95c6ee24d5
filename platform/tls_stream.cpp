#include "platform/tls_stream.hpp"

#include <algorithm>

namespace duel::platform {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kRecordBytes = 16'384;  // RFC 8446, section 5.1

}  // namespace

TlsStream::TlsStream(Socket socket, asio::ssl::context& tls) : stream_(std::move(socket), tls) {}

bool TlsStream::add(asio::const_buffer piece, asio::const_buffer& record, std::string& joined) {
    if (piece.size() == 0) return true;
    if (record.size() == 0) {
        record = piece;
    } else {
        const auto append = [&joined](asio::const_buffer part, std::size_t most) {
            joined.append(static_cast<const char*>(part.data()), std::min(part.size(), most));
        };
        if (joined.empty()) append(record, kRecordBytes);
        append(piece, kRecordBytes - joined.size());
        record = asio::buffer(joined);
    }
    return record.size() < kRecordBytes;
}

void TlsStream::begin_handshake(Side side, TlsHandler done) {
    stream_.async_handshake(side, std::move(done));
}

void TlsStream::begin_shutdown(TlsHandler done) {
    stream_.async_shutdown(std::move(done));
}

void TlsStream::begin_read(asio::mutable_buffer into, TlsHandler done) {
    stream_.async_read_some(into, std::move(done));
}

void TlsStream::begin_write(asio::const_buffer record, TlsHandler done) {
    stream_.async_write_some(record, std::move(done));
}

}  // namespace duel::platform
