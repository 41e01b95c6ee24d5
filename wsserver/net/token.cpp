#include "wsserver/net/token.hpp"

#include "wsserver/net/base64url.hpp"
#include "wsserver/net/strict_json.hpp"

#include <array>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <optional>
#include <stdexcept>

namespace duel::wsserver {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr std::uint64_t kLatestSecond = 253'402'300'799;  // the end of the year 9999

Refusal invalid(std::string reason) {
    return {Refusal::Why::invalid, std::move(reason)};
}

std::optional<json> object_of(std::string_view part) {
    const auto text = base64url_decode(part);
    if (!text) return {};
    auto object = parse_strictly(*text, kMaxDepth);
    if (!object || !object->is_object()) return {};
    return object;
}

// What the header demands that we do not honour, or nothing.
std::optional<std::string> fault_of_header(const json& header) {
    for (const auto* name : {"crit", "jku", "jwk", "x5u"})
        if (header.contains(name)) return std::string{"header has "} + name;
    const auto algorithm = header.find("alg");
    if (algorithm == header.end() || *algorithm != "HS256") return "alg is not HS256";
    const auto type = header.find("typ");
    if (type != header.end() && !type->is_string()) return "typ is no text";
    return {};
}

// `exp`: whole seconds. Empty where it is absent; throws where it is anything else.
std::optional<std::int64_t> whole_seconds_of(const json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) return {};
    if (!claim->is_number_unsigned()) throw invalid(std::string{name} + " is no whole number");
    const auto seconds = claim->get<std::uint64_t>();
    if (seconds > kLatestSecond) throw invalid(std::string{name} + " is out of range");
    return static_cast<std::int64_t>(seconds);
}

// `nbf` and `iat`: any number, as RFC 7519 has it; 0 where absent.
double number_of(const json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) return 0;
    if (!claim->is_number()) throw invalid(std::string{name} + " is no number");
    return claim->get<double>();
}

std::string text_of(const json& claims, const char* name) {
    const auto claim = claims.find(name);
    if (claim == claims.end()) return {};
    if (!claim->is_string()) throw invalid(std::string{name} + " is no text");
    return claim->get<std::string>();
}

Role role_of(const json& claims) {
    const auto role = text_of(claims, "role");
    if (role == "user") return Role::user;
    if (role == "admin" || role == "superadmin") return Role::admin;
    throw invalid("role is none of user, admin, superadmin");
}

Claims claims_of(const json& object, Seconds now, std::chrono::seconds leeway) {
    Claims claims;
    claims.wallet = text_of(object, "sub");
    if (claims.wallet.empty() || claims.wallet.size() > 200) throw invalid("sub is missing");
    claims.username = text_of(object, "username");
    claims.role = role_of(object);
    const auto expires = whole_seconds_of(object, "exp");
    if (!expires) throw invalid("exp is missing");
    claims.expires_at = Seconds{std::chrono::seconds{*expires}};

    const auto latest = static_cast<double>((now + leeway).time_since_epoch().count());
    for (const auto* name : {"nbf", "iat"})
        if (number_of(object, name) > latest)
            throw Refusal{Refusal::Why::not_yet_valid, std::string{name} + " is in the future"};
    if (claims.expires_at <= now) throw Refusal{Refusal::Why::expired, "it has expired"};
    return claims;
}

}  // namespace

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{
        EVP_PKEY_new_raw_private_key(
            EVP_PKEY_HMAC,
            nullptr,
            reinterpret_cast<const unsigned char*>(secret.data()),
            secret.size()
        ),
        EVP_PKEY_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{
        EVP_MD_CTX_new(), EVP_MD_CTX_free};
    std::array<unsigned char, 32> digest{};
    std::size_t size = digest.size();
    if (!key || !context ||
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
        EVP_DigestSign(
            context.get(),
            digest.data(),
            &size,
            reinterpret_cast<const unsigned char*>(text.data()),
            text.size()
        ) != 1)
        throw std::runtime_error("HMAC-SHA-256 failed in OpenSSL");
    return {reinterpret_cast<const char*>(digest.data()), size};
}

TokenVerifier::TokenVerifier(Settings settings) : settings_(std::move(settings)) {
    if (settings_.secret.size() < kMinSecretBytes)
        throw std::invalid_argument(
            "the token secret has " + std::to_string(settings_.secret.size()) +
            " bytes, at least " + std::to_string(kMinSecretBytes) + " are wanted"
        );
}

Verdict TokenVerifier::verify(std::string_view token, Seconds now) const {
    if (token.size() > kMaxTokenBytes) return invalid("it is too long");
    const auto first = token.find('.');
    const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
    if (second == token.npos || token.find('.', second + 1) != token.npos)
        return invalid("it is not three parts with dots between");

    const auto header = object_of(token.substr(0, first));
    if (!header) return invalid("its header cannot be read");
    if (const auto fault = fault_of_header(*header)) return invalid(*fault);

    const auto signature = base64url_decode(token.substr(second + 1));
    const auto wanted = hmac_sha256(settings_.secret, token.substr(0, second));
    if (!signature || signature->size() != wanted.size() ||
        CRYPTO_memcmp(signature->data(), wanted.data(), wanted.size()) != 0)
        return invalid("its signature is wrong");

    const auto object = object_of(token.substr(first + 1, second - first - 1));
    if (!object) return invalid("its claims cannot be read");
    try {
        return claims_of(*object, now, settings_.leeway);
    } catch (const Refusal& refusal) {
        return refusal;
    }
}

std::string sign_token(const Claims& claims, Seconds issued_at, std::string_view secret) {
    json object{
        {"sub", claims.wallet},
        {"role", claims.role == Role::admin ? "admin" : "user"},
        {"iat", issued_at.time_since_epoch().count()},
        {"exp", claims.expires_at.time_since_epoch().count()}};
    if (!claims.username.empty()) object["username"] = claims.username;
    std::string token = base64url_encode(R"({"alg":"HS256","typ":"JWT"})");
    token += '.';
    token += base64url_encode(object.dump());
    const auto signature = hmac_sha256(secret, token);
    token += '.';
    return token += base64url_encode(signature);
}

}  // namespace duel::wsserver
