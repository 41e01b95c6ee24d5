#pragma once

// Public keys out of PEM files, refused where they are not what they should be.

#include <memory>
#include <openssl/evp.h>
#include <string_view>

namespace duel::wsserver {

// The one public key of a PEM text. Throws std::invalid_argument with the reason.
std::shared_ptr<EVP_PKEY> public_key_of(std::string_view pem);

// "RS256", "ES256" or "EdDSA". Throws std::invalid_argument where the key is of another kind, of
// another curve, or too weak.
std::string_view algorithm_of(const EVP_PKEY* key);

}  // namespace duel::wsserver
