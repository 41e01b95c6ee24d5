#include "wsserver/net/tls.hpp"

#include "platform/log.hpp"
#include "platform/settings.hpp"

#include <openssl/ssl.h>

namespace duel::wsserver {

namespace ssl = boost::asio::ssl;

TlsContext::TlsContext(const std::string& certificate, const std::string& key)
    : context_{ssl::context::tls_server}, native_{context_.native_handle()} {
    SSL_CTX_set_min_proto_version(native_, TLS1_2_VERSION);
    SSL_CTX_set_options(native_, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // A write that had to wait is repeated from another place in memory.
    SSL_CTX_set_mode(
        native_,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
    );
    static constexpr unsigned char kSessions[] = "duel-wsserver";
    SSL_CTX_set_session_id_context(native_, kSessions, sizeof kSessions - 1);
    const auto use = [](const char* what, const std::string& file, auto&& load) {
        boost::system::error_code error;
        load(error);
        if (error)
            throw platform::SettingError(
                std::string{what} + " is \"" + file + "\": " + error.message() + "; wanted PEM"
            );
    };
    use("--tls-cert (DUEL_TLS_CERT)", certificate, [&](auto& error) {
        context_.use_certificate_chain_file(certificate, error);
    });
    use("--tls-key (DUEL_TLS_KEY)", key, [&](auto& error) {
        context_.use_private_key_file(key, ssl::context::pem, error);
    });
    if (SSL_CTX_check_private_key(native_) != 1)
        throw platform::SettingError(
            "--tls-key (DUEL_TLS_KEY) is \"" + key + "\": it does not belong to " + certificate
        );
}

TlsSource::TlsSource(std::string certificate, std::string key)
    : certificate_{std::move(certificate)}, key_{std::move(key)} {
    watch_.add({certificate_, key_}, [this] { renew(); });
    context_ = std::make_shared<const TlsContext>(certificate_, key_);
    watch_.start();
}

std::shared_ptr<const TlsContext> TlsSource::context() const {
    const std::lock_guard lock{mutex_};
    return context_;
}

void TlsSource::renew() {
    try {
        auto fresh = std::make_shared<const TlsContext>(certificate_, key_);
        const std::lock_guard lock{mutex_};
        context_ = std::move(fresh);
    } catch (const platform::SettingError& error) {
        return platform::log::error("the certificate stays as it was: {}", error.what());
    }
    platform::log::info(
        "new connections begin with the certificate that {} holds now", certificate_
    );
}

}  // namespace duel::wsserver
