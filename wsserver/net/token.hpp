#pragma once

// Session tokens: JSON Web Tokens (RFC 7515, 7519), read strictly.
//
// The key is chosen by `kid`, and the key pins the algorithm: the token never chooses it. Refused
// are tokens beyond kMaxTokenBytes, an unknown `kid`, another `alg`, headers that would bring keys
// or change the rules, base64 that is not strict, a key twice in an object, an `exp` that is
// missing or no whole second, other times that are no number, a missing `sub`, roles that we do not
// know, and where they were set, another issuer or audience. Reasons never quote the token.

#include "wsserver/net/token_keys.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace duel::wsserver {

inline constexpr std::size_t kMaxTokenBytes = 8192;

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

// By whom tokens are issued and for whom: `iss`, and one that is in `aud`. Empty: any.
struct TokenParties {
    std::string issuer{};
    std::string audience{};
};

// Thread-safe: verify() shares nothing but the keys, and waits for nobody.
class TokenVerifier {
public:
    struct Settings {
        std::string secret{};              // HS256, of tokens without `kid`; empty: none
        std::vector<TokenKeyFile> keys{};  // of the others
        TokenParties parties{};
        std::chrono::seconds leeway{30};  // how far `nbf` and `iat` may lie ahead of our clock
        std::chrono::milliseconds look_at_files_every{2'000};
    };

    // Throws platform::SettingError where a key cannot be used.
    explicit TokenVerifier(Settings settings);

    Verdict verify(std::string_view token, Seconds now) const;

private:
    Settings settings_;
    TokenKeys keys_;
};

}  // namespace duel::wsserver
