#include "tests/unit/watch/scripted_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <sys/socket.h>

namespace duel::watch::scripted {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

template <auto Free>
struct Freeing {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

std::string written(BIO* memory) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Freeing<X509_EXTENSION_free>> extension{
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
    if (!extension) throw std::runtime_error("no such extension: " + value);
    X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

Identity make_identity(const std::string& names) {
    const std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>> key{EVP_EC_gen("P-256")};
    const std::unique_ptr<X509, Freeing<X509_free>> certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    const std::string common_name = "a server of the tests";
    const auto* bytes = reinterpret_cast<const unsigned char*>(common_name.data());
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC, bytes, static_cast<int>(common_name.size()), -1, 0
    );
    X509_set_issuer_name(certificate.get(), subject);
    add_extension(certificate.get(), NID_subject_alt_name, names);
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate.get(), key.get(), EVP_sha256());

    const std::unique_ptr<BIO, Freeing<BIO_free_all>> key_text{BIO_new(BIO_s_mem())};
    const std::unique_ptr<BIO, Freeing<BIO_free_all>> certificate_text{BIO_new(BIO_s_mem())};
    PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_bio_X509(certificate_text.get(), certificate.get());
    return {written(key_text.get()), written(certificate_text.get())};
}

void Peer::send(const std::string& text) {
    socket_->text(true);
    socket_->write(asio::buffer(text));
}

std::string Peer::receive() {
    beast::flat_buffer buffer;
    socket_->read(buffer);
    return beast::buffers_to_string(buffer.cdata());
}

void Peer::close(std::uint16_t code, const std::string& reason) {
    socket_->close({static_cast<websocket::close_code>(code), reason});
}

std::uint16_t Peer::wait_for_close() {
    try {
        for (;;)
            receive();
    } catch (const boost::system::system_error& end) {
        if (end.code() != websocket::error::closed) throw;
    }
    return socket_->reason().code;
}

void Peer::cut() {
    boost::system::error_code ignored;
    beast::get_lowest_layer(*socket_).close(ignored);
}

Server::Script Server::Script::refusing(unsigned status, const std::string& retry_after) {
    Script script{[](Peer&) {}};
    script.refuse = [status, retry_after] {
        Response response{http::int_to_status(status), 11};
        if (!retry_after.empty()) response.set(http::field::retry_after, retry_after);
        response.prepare_payload();
        return response;
    };
    return script;
}

Server::Server(const Identity& identity, std::vector<Script> scripts)
    : scripts_(std::move(scripts)) {
    tls_.use_certificate_chain(asio::buffer(identity.certificate));
    tls_.use_private_key(asio::buffer(identity.key), asio::ssl::context::pem);
    acceptor_.open(asio::ip::tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    listener_ = acceptor_.native_handle();
    thread_ = std::thread([this] { serve(); });
}

Server::~Server() {
    stop_listening();
    thread_.join();
}

void Server::serve() {
    for (const auto& script : scripts_) {
        asio::ip::tcp::socket socket{context_};
        boost::system::error_code failure;
        acceptor_.accept(socket, failure);
        if (failure) return;
        try {
            serve_one(std::move(socket), script);
        } catch (const boost::system::system_error&) {
            // the client went first: the next script waits for it
        }
    }
    stop_listening();
}

void Server::stop_listening() const {
    ::shutdown(listener_, SHUT_RDWR);
}

void Server::serve_one(asio::ip::tcp::socket socket, const Script& script) {
    Peer peer;
    peer.socket_ = std::make_unique<Peer::Socket>(std::move(socket), tls_);
    peer.socket_->next_layer().handshake(asio::ssl::stream_base::server);
    beast::flat_buffer buffer;
    http::request<http::string_body> request;
    http::read(peer.socket_->next_layer(), buffer, request);
    if (script.refuse) {
        http::write(peer.socket_->next_layer(), script.refuse());
        return;
    }
    peer.target = std::string{request.target()};
    peer.protocol = std::string{request[http::field::sec_websocket_protocol]};
    peer.socket_->set_option(websocket::stream_base::decorator([&](auto& response) {
        if (!peer.protocol.empty()) {
            response.set(http::field::sec_websocket_protocol, peer.protocol);
        }
    }));
    peer.socket_->accept(request);
    script.play(peer);
}

}  // namespace duel::watch::scripted
