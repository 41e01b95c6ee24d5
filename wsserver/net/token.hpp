#pragma once

// Session tokens: JSON Web Tokens (RFC 7515, 7519), read strictly.
//
// The algorithm is pinned by the key and never chosen by the token. Refused are tokens beyond
// kMaxTokenBytes, unknown algorithms, `crit`, `jku`, `jwk`, `x5u`, base64 that is not strict, a key
// twice in an object, an `exp` that is missing or no whole second, other times that are no number,
// a missing `sub`, and roles that we do not know. Signatures are compared in constant time. Reasons
// never quote the token.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace duel::wsserver {

inline constexpr std::size_t kMaxTokenBytes = 8192;
inline constexpr std::size_t kMinSecretBytes = 16;

enum class Role { user, admin };

using Seconds = std::chrono::sys_seconds;

// Whom a token speaks for.
struct Claims {
    std::string wallet;      // `sub`
    std::string username;    // empty where the token has none
    Role role = Role::user;  // superadmin counts as admin
    Seconds expires_at{};
};

// Why a token was not taken. Expired is told apart, since a client can do something about it.
struct Refusal {
    enum class Why { absent, invalid, expired, not_yet_valid } why;
    std::string reason;
};

using Verdict = std::variant<Claims, Refusal>;

// Thread-safe: verify() shares nothing but the key.
class TokenVerifier {
public:
    struct Settings {
        std::string secret;               // HS256; at least kMinSecretBytes
        std::chrono::seconds leeway{30};  // how far `nbf` and `iat` may lie ahead of our clock
    };

    // Throws std::invalid_argument where the secret is too short.
    explicit TokenVerifier(Settings settings);

    Verdict verify(std::string_view token, Seconds now) const;

private:
    Settings settings_;
};

// A signed token. For `duel-wsserver token` and tests; the server itself issues none.
std::string sign_token(const Claims& claims, Seconds issued_at, std::string_view secret);

// HMAC-SHA-256 of a text (RFC 2104), 32 bytes.
std::string hmac_sha256(std::string_view secret, std::string_view text);

}  // namespace duel::wsserver
