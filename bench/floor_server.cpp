#include "bench/floor_server.hpp"

#include "bench/process.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace duel::bench {
namespace {

void need(bool done, const char* step) {
    if (!done) throw std::system_error(errno, std::generic_category(), step);
}

void write_all(SSL* tls, std::string_view bytes) {
    // Without partial writes, OpenSSL takes all or fails.
    if (SSL_write(tls, bytes.data(), static_cast<int>(bytes.size())) <= 0) {
        throw std::runtime_error("a client of the floor went away");
    }
}

// RFC 6455, 4.2.2: base64 of SHA-1 of key and GUID.
std::string accept_of(std::string_view key) {
    const auto text = std::string{key} + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned length = 0;
    EVP_Digest(text.data(), text.size(), hash.data(), &length, EVP_sha1(), nullptr);
    std::array<unsigned char, 64> base64{};
    EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(length));
    return reinterpret_cast<const char*>(base64.data());
}

std::string read_request(SSL* tls) {
    std::string request;
    std::array<char, 4096> piece{};
    while (request.find("\r\n\r\n") == std::string::npos) {
        const auto count = SSL_read(tls, piece.data(), static_cast<int>(piece.size()));
        if (count <= 0) throw std::runtime_error("a client of the floor sent no request");
        request.append(piece.data(), static_cast<std::size_t>(count));
    }
    return request;
}

std::string_view header(std::string_view request, std::string_view name) {
    const auto at = request.find(name);
    if (at == std::string_view::npos) return {};
    const auto value = request.substr(at + name.size());
    return value.substr(0, value.find("\r\n"));
}

// A whole text message in one frame of a server: no mask.
void frame(std::string& out, std::string_view text) {
    out.assign(1, '\x81');
    if (text.size() < 126) {
        out += static_cast<char>(text.size());
    } else {
        out += static_cast<char>(126);
        out += static_cast<char>(text.size() >> 8U);
        out += static_cast<char>(text.size() & 0xFFU);
    }
    out += text;
}

}  // namespace

FloorServer::FloorServer(const std::string& certificate_file, const std::string& key_file)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    SSL_CTX* context = context_.get();
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
        throw std::runtime_error("no certificate and key in " + certificate_file + ", " + key_file);
    }
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(listener_ >= 0, "socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t length = sizeof address;
    need(bind(listener_, generic, length) == 0, "bind");
    need(listen(listener_, SOMAXCONN) == 0, "listen");
    need(getsockname(listener_, generic, &length) == 0, "getsockname");
    port_ = ntohs(address.sin_port);
}

FloorServer::~FloorServer() {
    shutdown(listener_, SHUT_RDWR);
    if (taking_.joinable()) taking_.join();
    close(listener_);
    for (auto& client : clients_)
        close(client.socket);
}

void FloorServer::take(std::size_t clients) {
    taking_ = std::thread([this, clients] {
        try {
            while (clients_.size() < clients)
                take_one();
            taking_cpu_ = thread_cpu_seconds();
        } catch (...) {
            failure_ = std::current_exception();
        }
    });
}

void FloorServer::join() {
    taking_.join();
    if (failure_) std::rethrow_exception(failure_);
}

void FloorServer::take_one() {
    Client client;
    client.socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    need(client.socket >= 0, "accept");
    const int on = 1;
    setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    client.tls.reset(SSL_new(context_.get()));
    SSL* tls = client.tls.get();
    SSL_set_fd(tls, client.socket);
    if (SSL_accept(tls) != 1) throw std::runtime_error("TLS with a client of the floor failed");
    const auto request = read_request(tls);
    write_all(
        tls,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
            accept_of(header(request, "Sec-WebSocket-Key: ")) + "\r\n\r\n"
    );
    frame(frame_, R"({"type":"SUBSCRIBED"})");
    write_all(tls, frame_);
    clients_.push_back(std::move(client));
}

void FloorServer::tell(std::string_view text) {
    frame(frame_, text);
    for (auto& client : clients_)
        write_all(client.tls.get(), frame_);
}

}  // namespace duel::bench
