#include "wsserver/net/tls.hpp"

#include "platform/settings.hpp"

#include <openssl/ssl.h>

namespace duel::wsserver {

namespace ssl = boost::asio::ssl;

ssl::context make_tls_context(const std::string& certificate, const std::string& key) {
    ssl::context context{ssl::context::tls_server};
    auto* const native = context.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    static constexpr unsigned char kSessions[] = "duel-wsserver";
    SSL_CTX_set_session_id_context(native, kSessions, sizeof kSessions - 1);
    const auto use = [](const char* what, const std::string& file, auto&& load) {
        boost::system::error_code error;
        load(error);
        if (error)
            throw platform::SettingError(
                std::string{what} + " is \"" + file + "\": " + error.message() + "; wanted PEM"
            );
    };
    use("--tls-cert (DUEL_TLS_CERT)", certificate, [&](auto& error) {
        context.use_certificate_chain_file(certificate, error);
    });
    use("--tls-key (DUEL_TLS_KEY)", key, [&](auto& error) {
        context.use_private_key_file(key, ssl::context::pem, error);
    });
    if (SSL_CTX_check_private_key(native) != 1)
        throw platform::SettingError(
            "--tls-key (DUEL_TLS_KEY) is \"" + key + "\": it does not belong to " + certificate
        );
    return context;
}

// Asio would wait for the peer's close_notify; on a non-blocking socket it gives up there, after
// ours was written.
void end_sending(TlsStream& stream) {
    boost::system::error_code ignored;
    auto& socket = stream.next_layer();
    if (!socket.is_open()) return;
    socket.non_blocking(true, ignored);
    stream.native().shutdown(ignored);
    socket.shutdown(Tcp::socket::shutdown_send, ignored);
}

void teardown(boost::beast::role_type, TlsStream& stream, boost::system::error_code& error) {
    end_sending(stream);
    error = {};
}

}  // namespace duel::wsserver
