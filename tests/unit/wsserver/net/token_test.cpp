#include "wsserver/net/token.hpp"

#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token_signer.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace duel::wsserver;

namespace {

const std::string kSecret = "a secret of thirty-two bytes, ok";
const Seconds kNow{std::chrono::seconds{1'763'060'000}};

std::string token_of(const std::string& header, const std::string& claims) {
    return TokenSigner::of_secret(kSecret).token(header, claims);
}

std::string token_of(const std::string& claims) {
    return token_of(R"({"alg":"HS256","typ":"JWT"})", claims);
}

std::string sign_token(const Claims& claims, const std::string& secret = kSecret) {
    return TokenSigner::of_secret(secret).token(claims, kNow, {});
}

// "w1 user", or why the token was refused.
std::string verdict(std::string_view token, Seconds now = kNow, const TokenParties& parties = {}) {
    const auto found = TokenVerifier{{.secret = kSecret, .parties = parties}}.verify(token, now);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return refusal->reason;
    const auto& claims = std::get<Claims>(found);
    return claims.wallet + (claims.role == Role::admin ? " admin" : " user");
}

}  // namespace

TEST_CASE("a token that was signed here is taken with all its claims", "[token]") {
    const Claims claims{"w1", "ann", Role::admin, kNow + std::chrono::hours{1}};
    const auto found = TokenVerifier{{.secret = kSecret}}.verify(sign_token(claims), kNow);
    REQUIRE(std::get<Claims>(found).wallet == "w1");
    REQUIRE(std::get<Claims>(found).username == "ann");
    REQUIRE(std::get<Claims>(found).role == Role::admin);
    REQUIRE(std::get<Claims>(found).expires_at == kNow + std::chrono::hours{1});
}

// Signed with the key of RFC 7515, appendix A.1, whose signature that document gives.
TEST_CASE("the signature of RFC 7515's example is computed to the byte", "[token]") {
    const auto key = base64url_decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iP"
        "S4hcgUuTwjAzZr1Z9CAow"
    );
    const std::string text =
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzM"
        "DA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    REQUIRE(
        base64url_encode(hmac_sha256(*key, text)) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
}

TEST_CASE("roles are user, admin and superadmin, which counts as admin", "[token]") {
    REQUIRE(verdict(token_of(R"({"sub":"w","role":"user","exp":9999999999})")) == "w user");
    REQUIRE(verdict(token_of(R"({"sub":"w","role":"superadmin","exp":9999999999})")) == "w admin");
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"root","exp":9999999999})")) ==
        "role is none of user, admin, superadmin"
    );
}

TEST_CASE("an expired token is told apart, from its very second on", "[token]") {
    const auto token = sign_token({"w1", "", Role::user, kNow});
    REQUIRE(verdict(token, kNow - std::chrono::seconds{1}) == "w1 user");
    const auto found = TokenVerifier{{.secret = kSecret}}.verify(token, kNow);
    REQUIRE(std::get<Refusal>(found).why == Refusal::Why::expired);
}

TEST_CASE("exp has to be there, a whole number and within the calendar", "[token]") {
    REQUIRE(verdict(token_of(R"({"sub":"w","role":"user"})")) == "exp is missing");
    for (const auto* exp : {R"("9999999999")", "9999999999.5", "1e10", "-1", "null", "true"})
        REQUIRE(
            verdict(token_of(R"({"sub":"w","role":"user","exp":)" + std::string{exp} + "}")) ==
            "exp is no whole number"
        );
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"user","exp":18446744073709551615})")) ==
        "exp is out of range"
    );
}

TEST_CASE("a token from the future is refused, but for a little difference of clocks", "[token]") {
    const auto at = [](const char* name, std::int64_t seconds) {
        return token_of(
            R"({"sub":"w","role":"user","exp":9999999999,")" + std::string{name} +
            "\":" + std::to_string(kNow.time_since_epoch().count() + seconds) + "}"
        );
    };
    REQUIRE(verdict(at("nbf", 20)) == "w user");
    REQUIRE(verdict(at("nbf", 60)) == "nbf is in the future");
    REQUIRE(verdict(at("iat", 60)) == "iat is in the future");
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"user","exp":9999999999,"iat":"now"})")) ==
        "iat is no number"
    );
}

TEST_CASE("the token never chooses its algorithm or its key", "[token]") {
    const std::string claims = R"({"sub":"w","role":"user","exp":9999999999})";
    REQUIRE(verdict(token_of(R"({"alg":"none"})", claims)) == "alg is not HS256");
    REQUIRE(verdict(token_of(R"({"alg":"hs256"})", claims)) == "alg is not HS256");
    REQUIRE(verdict(token_of(R"({"alg":"HS512"})", claims)) == "alg is not HS256");
    REQUIRE(verdict(token_of(R"({"alg":["HS256"]})", claims)) == "alg is not HS256");
    REQUIRE(verdict(token_of(R"({})", claims)) == "alg is not HS256");
    for (const std::string name : {"crit", "jku", "jwk", "x5u", "x5c", "b64"})
        REQUIRE(
            verdict(token_of(R"({"alg":"HS256",")" + name + R"(":["exp"]})", claims)) ==
            "header has " + name
        );
    const auto unsigned_token =
        base64url_encode(R"({"alg":"none"})") + '.' + base64url_encode(claims) + '.';
    REQUIRE(verdict(unsigned_token) == "alg is not HS256");
}

TEST_CASE("a signature by another key is refused", "[token]") {
    const auto token =
        sign_token({"w1", "", Role::user, kNow + std::chrono::hours{1}}, kSecret + "!");
    REQUIRE(verdict(token) == "its signature is wrong");
}

TEST_CASE("a key twice is refused wherever it stands", "[token]") {
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"user","exp":9999999999,"role":"admin"})")) ==
        "its claims cannot be read"
    );
    REQUIRE(
        verdict(token_of(R"({"alg":"none","alg":"HS256"})", "{}")) == "its header cannot be read"
    );
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"user","\u0072ole":"admin","exp":9999999999})")) ==
        "its claims cannot be read"
    );
}

TEST_CASE("claims end where their text ends, and not at a NUL before", "[token]") {
    const std::string claims = R"({"sub":"w","role":"user","exp":9999999999})";
    REQUIRE(verdict(token_of(claims + '\0')) == "its claims cannot be read");
    REQUIRE(
        verdict(token_of(claims + '\0' + R"({"role":"admin"})")) == "its claims cannot be read"
    );
    REQUIRE(
        verdict(token_of(std::string{R"({"alg":"HS256"})"} + '\0', claims)) ==
        "its header cannot be read"
    );
}

TEST_CASE("a wallet is wanted and the size is bounded", "[token]") {
    REQUIRE(verdict(token_of(R"({"role":"user","exp":9999999999})")) == "sub is missing");
    REQUIRE(verdict(token_of(R"({"sub":"","role":"user","exp":9999999999})")) == "sub is missing");
    REQUIRE(verdict(token_of(R"({"sub":7,"role":"user","exp":9999999999})")) == "sub is no text");
    REQUIRE(
        verdict(token_of(R"({"sub":"w\u0000x","role":"user","exp":9999999999})")) == "sub has a NUL"
    );
    REQUIRE(verdict(std::string(kMaxTokenBytes + 1, 'a')) == "it is too long");
    REQUIRE(verdict("") == "it is not three parts with dots between");
    REQUIRE(verdict("a.b.c.d") == "it is not three parts with dots between");
    REQUIRE(verdict("..") == "its header cannot be read");
}

TEST_CASE("nesting beyond a few levels is refused and exhausts nothing", "[token]") {
    const std::string deep(100'000, '[');
    REQUIRE(verdict(token_of(R"({"alg":"HS256","x":)" + deep.substr(0, 5'000), "{}")) != "w user");
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"user","exp":9999999999,"x":[[[[[[[[[1]]]]]]]]]})")
        ) == "its claims cannot be read"
    );
}

TEST_CASE("where an issuer is set, it has to be the token's", "[token]") {
    const TokenParties ours{.issuer = "https://issuer.example"};
    const auto of = [&](const std::string& issuer) {
        return verdict(
            token_of(R"({"sub":"w","role":"user","exp":9999999999)" + issuer + "}"), kNow, ours
        );
    };
    REQUIRE(of(R"(,"iss":"https://issuer.example")") == "w user");
    REQUIRE(of(R"(,"iss":"https://issuer.example/")") == "iss is not who issues tokens here");
    REQUIRE(of("") == "iss is not who issues tokens here");
    REQUIRE(of(R"(,"iss":["https://issuer.example"])") == "iss is no text");
    REQUIRE(of(R"(,"iss":null)") == "iss is no text");
    REQUIRE(
        verdict(token_of(R"({"sub":"w","role":"user","exp":9999999999,"iss":"x"})")) == "w user"
    );
}

TEST_CASE("where an audience is set, the token has to name it, alone or among others", "[token]") {
    const TokenParties ours{.audience = "duel"};
    const auto of = [&](const std::string& audience) {
        return verdict(
            token_of(R"({"sub":"w","role":"user","exp":9999999999)" + audience + "}"), kNow, ours
        );
    };
    REQUIRE(of(R"(,"aud":"duel")") == "w user");
    REQUIRE(of(R"(,"aud":["other","duel"])") == "w user");
    for (const auto* other : {"", R"(,"aud":"Duel")", R"(,"aud":[])", R"(,"aud":["due","l"])"})
        REQUIRE(of(other) == "aud does not name this service");
    for (const auto* wrong : {"7", "null", R"({"duel":1})", R"(["duel",7])", R"([["duel"]])"})
        REQUIRE(of(R"(,"aud":)" + std::string{wrong}) == "aud is no text or list of texts");
    REQUIRE(verdict(token_of(R"({"sub":"w","role":"user","exp":9999999999,"aud":7})")) == "w user");
}

TEST_CASE("tokens that are printed here name issuer and audience", "[token]") {
    const TokenParties ours{"https://issuer.example", "duel"};
    const Claims claims{"w1", "", Role::user, kNow + std::chrono::hours{1}};
    const auto token = TokenSigner::of_secret(kSecret).token(claims, kNow, ours);
    REQUIRE(verdict(token, kNow, ours) == "w1 user");
    REQUIRE(verdict(sign_token(claims), kNow, ours) == "iss is not who issues tokens here");
}

TEST_CASE("no token with a changed character is taken", "[token]") {
    const auto token = sign_token({"w1", "ann", Role::user, kNow + std::chrono::hours{1}});
    std::mt19937 random{7};
    const std::string alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    for (int round = 0; round < 10'000; ++round) {
        auto mutant = token;
        switch (random() % 3) {
            case 0:
                mutant[random() % mutant.size()] = alphabet[random() % alphabet.size()];
                break;
            case 1:
                mutant.erase(random() % mutant.size(), 1 + random() % 3);
                break;
            case 2:
                mutant.insert(random() % mutant.size(), 1, alphabet[random() % alphabet.size()]);
                break;
        }
        if (mutant != token) REQUIRE(verdict(mutant) != "w1 user");
    }
}

TEST_CASE("base64 has exactly one text for every value", "[token]") {
    REQUIRE(base64url_encode("\xFB\xFF") == "-_8");
    REQUIRE(base64url_decode("-_8") == "\xFB\xFF");
    REQUIRE_FALSE(base64url_decode("-_9"));   // stray bits
    REQUIRE_FALSE(base64url_decode("-_8="));  // padding
    REQUIRE_FALSE(base64url_decode("+/8"));   // the other alphabet
    REQUIRE_FALSE(base64url_decode("A"));     // no such length
    REQUIRE(base64url_decode("") == "");
}
