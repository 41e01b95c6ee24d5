#pragma once

// Signs session tokens: for `duel-wsserver token`, tests and measurements. The server issues none.

#include "wsserver/net/token.hpp"

#include <memory>
#include <openssl/evp.h>
#include <string>
#include <string_view>

namespace duel::wsserver {

class TokenSigner {
public:
    // HS256 with the shared secret; such tokens have no `kid`.
    static TokenSigner of_secret(std::string_view secret);

    // RS256, ES256 or EdDSA by the kind of a private key in PEM, for verifiers that know its public
    // key as `kid`. Throws std::invalid_argument where TokenKey would refuse that public key.
    static TokenSigner of_pem(std::string kid, std::string_view pem);

    // The same of a file. Throws platform::SettingError that names it.
    static TokenSigner of_file(std::string kid, const std::string& path);

    // A whole token of these claims.
    std::string token(const Claims& claims, Seconds issued_at, const TokenParties& parties) const;

    // The three parts of a token, whatever header and claims say.
    std::string token(std::string_view header, std::string_view claims) const;

private:
    TokenSigner() = default;
    std::string signature_of(std::string_view text) const;

    std::string kid_;
    std::string_view algorithm_;
    std::string secret_;             // of HS256
    std::shared_ptr<EVP_PKEY> key_;  // of all others
};

}  // namespace duel::wsserver
