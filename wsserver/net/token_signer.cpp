#include "wsserver/net/token_signer.hpp"

#include "platform/settings.hpp"
#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token_key_pem.hpp"

#include <nlohmann/json.hpp>

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdexcept>

namespace duel::wsserver {
namespace {

constexpr std::size_t kP256Bytes = 32;  // of r, and of s

// DER as OpenSSL writes it, as the two numbers that JOSE wants.
std::string r_and_s_of(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature{
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free};
    std::string numbers(2 * kP256Bytes, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(numbers.data());
    if (!signature ||
        BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, static_cast<int>(kP256Bytes)) < 0 ||
        BN_bn2binpad(
            ECDSA_SIG_get0_s(signature.get()), out + kP256Bytes, static_cast<int>(kP256Bytes)
        ) < 0)
        throw std::runtime_error("OpenSSL wrote no signature of P-256");
    return numbers;
}

}  // namespace

TokenSigner TokenSigner::of_secret(std::string_view secret) {
    TokenSigner signer;
    signer.algorithm_ = "HS256";
    signer.secret_ = secret;
    return signer;
}

TokenSigner TokenSigner::of_pem(std::string kid, std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
    const auto no_password = [](char*, int, int, void*) { return -1; };
    TokenSigner signer;
    signer.key_ = {
        PEM_read_bio_PrivateKey(text.get(), nullptr, no_password, nullptr), EVP_PKEY_free};
    ERR_clear_error();
    if (!signer.key_) throw std::invalid_argument("it is no private key in PEM without a password");
    signer.algorithm_ = algorithm_of(signer.key_.get());
    signer.kid_ = std::move(kid);
    return signer;
}

TokenSigner TokenSigner::of_file(std::string kid, const std::string& path) {
    try {
        return of_pem(std::move(kid), content_of_key_file(path));
    } catch (const std::exception& error) {
        throw platform::SettingError("--key is \"" + path + "\": " + error.what());
    }
}

std::string TokenSigner::token(const Claims& claims, Seconds issued_at, const TokenParties& parties)
    const {
    nlohmann::json header{{"alg", algorithm_}, {"typ", "JWT"}};
    if (!kid_.empty()) header["kid"] = kid_;
    nlohmann::json object{
        {"sub", claims.wallet},
        {"role", claims.role == Role::admin ? "admin" : "user"},
        {"iat", issued_at.time_since_epoch().count()},
        {"exp", claims.expires_at.time_since_epoch().count()}};
    if (!claims.username.empty()) object["username"] = claims.username;
    if (!parties.issuer.empty()) object["iss"] = parties.issuer;
    if (!parties.audience.empty()) object["aud"] = parties.audience;
    return token(header.dump(), object.dump());
}

std::string TokenSigner::token(std::string_view header, std::string_view claims) const {
    const auto text = base64url_encode(header) + '.' + base64url_encode(claims);
    return text + '.' + base64url_encode(signature_of(text));
}

std::string TokenSigner::signature_of(std::string_view text) const {
    if (!key_) return hmac_sha256(secret_, text);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
        EVP_MD_CTX_new(), EVP_MD_CTX_free};
    const auto* const digest = algorithm_ == "EdDSA" ? nullptr : EVP_sha256();
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()));
    std::string signature(size, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(signature.data());
    if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), out, &size, bytes, text.size()) != 1)
        throw std::runtime_error("OpenSSL did not sign");
    signature.resize(size);
    return algorithm_ == "ES256" ? r_and_s_of(signature) : signature;
}

}  // namespace duel::wsserver
