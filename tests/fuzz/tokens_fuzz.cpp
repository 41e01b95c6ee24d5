#include "tests/fuzz/target.hpp"
#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token.hpp"
#include "wsserver/net/token_signer.hpp"

// Session tokens. The first byte chooses: a token as it is, or header and claims with a line end
// between, which are then signed with the right secret.
namespace duel::fuzz {
namespace {

using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

const std::string kSecret = "a secret of thirty-two bytes, ok";
const Seconds kNow{std::chrono::seconds{1'763'060'000}};

Verdict verdict_of(std::string_view token) {
    static const TokenVerifier verifier{{.secret = kSecret}};
    static const TokenVerifier strict{
        {.secret = kSecret, .parties = {.issuer = "duel", .audience = "ws"}}};
    auto verdict = verifier.verify(token, kNow);
    if (const auto* refusal = std::get_if<Refusal>(&verdict)) {
        require(is_words_alone(refusal->reason), "a reason does not quote the token");
        require(
            std::holds_alternative<Refusal>(strict.verify(token, kNow)),
            "who asks for more takes nothing that others refuse"
        );
    }
    return verdict;
}

void check(const Claims& claims) {
    require(claims.expires_at > kNow, "a token that is taken is valid for a while");
    require_channel(Channel::portfolio(claims.wallet));
}

void try_token(std::string_view token) {
    const auto verdict = verdict_of(token);
    if (const auto* claims = std::get_if<Claims>(&verdict)) check(*claims);
}

void try_signed(std::string_view text, unsigned choice) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto claims = text.substr(std::min(end + 1, text.size()));
    auto token = TokenSigner::of_secret(kSecret).token(text.substr(0, end), claims);
    const auto signed_by_us = verdict_of(token);
    if (std::holds_alternative<Refusal>(signed_by_us)) return;
    check(std::get<Claims>(signed_by_us));
    auto& character = token[choice * token.size() / 256];
    character = character == 'A' ? 'B' : 'A';
    require(
        std::holds_alternative<Refusal>(verdict_of(token)), "no character of a token can be another"
    );
}

void try_base64(std::string_view text) {
    const auto bytes = base64url_decode(text);
    if (bytes) require(base64url_encode(*bytes) == text, "a value has one text in base64");
    require(base64url_decode(base64url_encode(text)) == text, "base64 brings bytes back");
}

}  // namespace

void try_input(std::string_view bytes) {
    if (bytes.empty()) return;
    const unsigned choice = static_cast<unsigned char>(bytes[0]);
    const auto rest = bytes.substr(1);
    if (choice % 4 != 0) return try_signed(rest, choice);
    try_token(rest);
    try_base64(rest);
}

}  // namespace duel::fuzz
