#include "wsserver/net/token_key_pem.hpp"

#include "wsserver/net/token_key.hpp"

#include <array>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <optional>
#include <stdexcept>
#include <string>

namespace duel::wsserver {
namespace {

struct Block {
    std::string name;  // "PUBLIC KEY"
    std::string content;
};

std::invalid_argument refused(const std::string& reason) {
    return std::invalid_argument(reason + "; wanted one PUBLIC KEY in PEM");
}

// The next block, or nothing where no other follows.
std::optional<Block> next_block(BIO* text) {
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* content = nullptr;
    long size = 0;
    if (PEM_read_bio(text, &name, &header, &content, &size) != 1) {
        const auto reason = ERR_GET_REASON(ERR_peek_last_error());
        ERR_clear_error();
        if (reason == PEM_R_NO_START_LINE) return {};
        throw refused("it is damaged");
    }
    Block block{name, {reinterpret_cast<const char*>(content), static_cast<std::size_t>(size)}};
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(content);
    return block;
}

bool is_on_p256(const EVP_PKEY* key) {
    std::array<char, 64> group{};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
           std::string_view{group.data(), size} == "prime256v1";
}

}  // namespace

std::shared_ptr<EVP_PKEY> public_key_of(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
    const auto block = next_block(text.get());
    if (!block) throw refused("it is no PEM");
    if (block->name.find("PRIVATE") != std::string::npos)
        throw refused("it is a private key, which only the issuer of tokens should have");
    if (block->name != "PUBLIC KEY") throw refused("it is a " + block->name);
    if (next_block(text.get())) throw refused("it holds more than one block");

    const auto* at = reinterpret_cast<const unsigned char*>(block->content.data());
    const auto* const end = at + block->content.size();
    std::shared_ptr<EVP_PKEY> key{
        d2i_PUBKEY(nullptr, &at, static_cast<long>(block->content.size())), EVP_PKEY_free};
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> check{
        key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr, EVP_PKEY_CTX_free};
    const bool is_sound = check && at == end && EVP_PKEY_public_check(check.get()) == 1;
    ERR_clear_error();
    if (!is_sound) throw refused("its key is damaged or of an unknown kind");
    return key;
}

std::string_view algorithm_of(const EVP_PKEY* key) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
            if (EVP_PKEY_get_bits(key) < kMinRsaBits)
                throw std::invalid_argument(
                    "it is an RSA key of " + std::to_string(EVP_PKEY_get_bits(key)) +
                    " bits; wanted at least " + std::to_string(kMinRsaBits)
                );
            return "RS256";
        case EVP_PKEY_EC:
            if (is_on_p256(key)) return "ES256";
            throw std::invalid_argument("it is an EC key of another curve; wanted P-256");
        case EVP_PKEY_ED25519:
            return "EdDSA";
        default:
            throw std::invalid_argument("it is a key of another kind; wanted RSA, P-256 or Ed25519"
            );
    }
}

}  // namespace duel::wsserver
