#include "wsserver/net/token_key.hpp"

#include "wsserver/net/token_key_pem.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <stdexcept>

namespace duel::wsserver {
namespace {

constexpr std::size_t kP256Bytes = 32;     // of r, and of s
constexpr std::size_t kEd25519Bytes = 64;  // of a signature

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// One a thread: what OpenSSL has to look up for HMAC costs more than the HMAC of a token.
EVP_MAC_CTX* hmac_context() {
    using Context = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;
    thread_local const Context context = [] {
        const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac{
            EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free};
        Context made{EVP_MAC_CTX_new(hmac.get()), EVP_MAC_CTX_free};
        std::array<char, 7> digest{"SHA256"};
        const std::array<OSSL_PARAM, 2> chosen{
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
            OSSL_PARAM_construct_end()};
        if (!made || EVP_MAC_CTX_set_params(made.get(), chosen.data()) != 1)
            throw std::runtime_error("OpenSSL has no HMAC-SHA-256");
        return made;
    }();
    return context.get();
}

// HMAC-SHA-256. `number` is the secret's own; 0: one that is not seen again. A secret that the
// thread used last is in place already, which saves a third of the time.
std::array<unsigned char, 32>
hmac(std::string_view secret, std::uint64_t number, std::string_view text) {
    thread_local std::uint64_t in_place = 0;
    auto* const context = hmac_context();
    const bool is_in_place = number != 0 && in_place == number;
    in_place = 0;  // until all went well
    std::array<unsigned char, 32> digest{};
    std::size_t size = 0;
    if (EVP_MAC_init(
            context,
            is_in_place ? nullptr : bytes_of(secret),
            is_in_place ? 0 : secret.size(),
            nullptr
        ) != 1 ||
        EVP_MAC_update(context, bytes_of(text), text.size()) != 1 ||
        EVP_MAC_final(context, digest.data(), &size, digest.size()) != 1)
        throw std::runtime_error("HMAC-SHA-256 failed in OpenSSL");
    in_place = number;
    return digest;
}

// `r` and `s` as JOSE has them, in the DER that OpenSSL takes; empty where they cannot be any.
std::string der_of(std::string_view signature) {
    if (signature.size() != 2 * kP256Bytes) return {};
    std::string numbers;
    for (auto number : {signature.substr(0, kP256Bytes), signature.substr(kP256Bytes)}) {
        number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
        if (number.empty()) return {};  // zero
        const bool looks_negative = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
        numbers += '\x02';
        numbers += static_cast<char>(number.size() + (looks_negative ? 1 : 0));
        if (looks_negative) numbers += '\0';
        numbers += number;
    }
    return std::string{'\x30', static_cast<char>(numbers.size())} + numbers;
}

}  // namespace

TokenKey TokenKey::of_secret(std::string_view secret) {
    if (secret.size() < kMinSecretBytes)
        throw std::invalid_argument(
            "it has " + std::to_string(secret.size()) + " bytes; wanted at least " +
            std::to_string(kMinSecretBytes)
        );
    static std::atomic<std::uint64_t> last_number{0};
    TokenKey key;
    key.algorithm_ = "HS256";
    key.secret_ = secret;
    key.number_ = ++last_number;
    return key;
}

TokenKey TokenKey::of_pem(std::string_view pem) {
    const auto parsed = public_key_of(pem);
    TokenKey key;
    key.algorithm_ = algorithm_of(parsed.get());
    const auto* const digest = key.algorithm_ == "EdDSA" ? nullptr : EVP_sha256();
    const std::shared_ptr<EVP_MD_CTX> context{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    if (!context ||
        EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, parsed.get()) != 1)
        throw std::runtime_error("OpenSSL cannot verify " + std::string{key.algorithm_});
    key.prepared_ = context;
    return key;
}

bool TokenKey::verifies(std::string_view text, std::string_view signature) const {
    if (!prepared_) {
        const auto wanted = hmac(secret_, number_, text);
        return signature.size() == wanted.size() &&
               CRYPTO_memcmp(signature.data(), wanted.data(), wanted.size()) == 0;
    }
    const bool is_right = algorithm_ == "ES256" ? verifies_publicly(text, der_of(signature))
                                                : verifies_publicly(text, signature);
    ERR_clear_error();
    return is_right;
}

// Copying saves what OpenSSL looks up each time: a sixth of an RS256.
bool TokenKey::verifies_publicly(std::string_view text, std::string_view signature) const {
    if (signature.empty()) return false;
    if (algorithm_ == "EdDSA" && signature.size() != kEd25519Bytes) return false;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
        EVP_MD_CTX_new(), EVP_MD_CTX_free};
    return context && EVP_MD_CTX_copy_ex(context.get(), prepared_.get()) == 1 &&
           EVP_DigestVerify(
               context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()
           ) == 1;
}

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    const auto digest = hmac(secret, 0, text);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace duel::wsserver
