#pragma once

// One key that session tokens are verified with, and with it their one algorithm.
//
//     a secret             HS256   RFC 7518, section 3.2
//     RSA, 2,048 bits up   RS256   section 3.3, PKCS #1 v1.5
//     EC on P-256          ES256   section 3.4, r and s as 32 bytes each
//     Ed25519              EdDSA   RFC 8037
//
// Immutable and parsed once: any number of threads may verify with it.

#include <cstdint>
#include <memory>
#include <openssl/evp.h>
#include <string>
#include <string_view>

namespace duel::wsserver {

inline constexpr std::size_t kMinSecretBytes = 16;
inline constexpr int kMinRsaBits = 2'048;

class TokenKey {
public:
    // HS256. Throws std::invalid_argument where the secret is shorter than kMinSecretBytes.
    static TokenKey of_secret(std::string_view secret);

    // One block "PUBLIC KEY" (SubjectPublicKeyInfo, what `openssl pkey -pubout` writes) and no
    // other. Throws std::invalid_argument with the reason: a private key, which has no business
    // here, a weak key, another kind or curve, no PEM at all.
    static TokenKey of_pem(std::string_view pem);

    // What a token's `alg` has to be.
    std::string_view algorithm() const { return algorithm_; }

    // Is that the signature of the text? Compared in constant time where a secret is at stake, and
    // leaves nothing in the thread's queue of OpenSSL errors, which TLS looks into.
    bool verifies(std::string_view text, std::string_view signature) const;

private:
    TokenKey() = default;
    bool verifies_publicly(std::string_view text, std::string_view signature) const;

    std::string_view algorithm_;
    std::string secret_;        // of HS256
    std::uint64_t number_ = 0;  // tells its secrets apart, in what threads remember
    // Of all others: a verification up to where the text would come. Only ever copied.
    std::shared_ptr<const EVP_MD_CTX> prepared_;
};

// HMAC-SHA-256 of a text (RFC 2104), 32 bytes.
std::string hmac_sha256(std::string_view secret, std::string_view text);

}  // namespace duel::wsserver
