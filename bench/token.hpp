#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace duel::bench {

// A session token of that wallet, signed with HS256: what `duel-wsserver token` prints, for many
// wallets at once.
std::string session_token(
    std::string_view wallet,
    std::string_view secret,
    std::chrono::system_clock::time_point expiry
);

}  // namespace duel::bench
