#include "bench/token.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace duel::bench {
namespace {

std::string base64url(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const auto length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    out.resize(static_cast<std::size_t>(length));
    while (out.ends_with('='))
        out.pop_back();
    for (char& c : out)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

std::int64_t seconds(std::chrono::system_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

std::string session_token(
    std::string_view wallet,
    std::string_view secret,
    std::chrono::system_clock::time_point expiry
) {
    const nlohmann::json header{{"alg", "HS256"}, {"typ", "JWT"}};
    const nlohmann::json claims{
        {"sub", wallet},
        {"role", "user"},
        {"iat", seconds(std::chrono::system_clock::now())},
        {"exp", seconds(expiry)}};
    const auto text = base64url(header.dump()) + "." + base64url(claims.dump());
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned length = 0;
    HMAC(
        EVP_sha256(),
        secret.data(),
        static_cast<int>(secret.size()),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        mac.data(),
        &length
    );
    return text + "." + base64url({reinterpret_cast<const char*>(mac.data()), length});
}

}  // namespace duel::bench
