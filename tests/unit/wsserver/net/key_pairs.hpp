#pragma once

// Fresh key pairs for tests of session tokens, as PEM texts.

#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string>

namespace duel::wsserver {

struct KeyPair {
    std::string private_pem;
    std::string public_pem;
};

// Takes the key over.
inline KeyPair pair_of(EVP_PKEY* made) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{made, EVP_PKEY_free};
    const auto text_of = [](auto&& write) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> out{BIO_new(BIO_s_mem()), BIO_free};
        write(out.get());
        char* text = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &text);
        return std::string{text, static_cast<std::size_t>(size)};
    };
    return {
        text_of([&](BIO* out) {
            PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
        }),
        text_of([&](BIO* out) { PEM_write_bio_PUBKEY(out, key.get()); })};
}

inline KeyPair rsa_pair(unsigned bits = 2'048) {
    return pair_of(EVP_RSA_gen(bits));
}

inline KeyPair ec_pair(const char* curve = "P-256") {
    return pair_of(EVP_EC_gen(curve));
}

// "ED25519", "ED448", "X25519"
inline KeyPair pair_of_kind(const char* kind) {
    return pair_of(EVP_PKEY_Q_keygen(nullptr, nullptr, kind));
}

}  // namespace duel::wsserver
