#include "wsserver/net/token_key.hpp"

#include "tests/unit/wsserver/net/key_pairs.hpp"
#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token_key_file.hpp"
#include "wsserver/net/token_signer.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace duel::wsserver;

namespace {

// "RS256", or why the key was refused.
std::string key(const std::string& pem) {
    try {
        return std::string{TokenKey::of_pem(pem).algorithm()};
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

// What was signed of a token, and the signature's bytes.
struct Signed {
    explicit Signed(const std::string& token)
        : text(token.substr(0, token.rfind('.'))),
          signature(base64url_decode(token.substr(token.rfind('.') + 1)).value()) {}
    std::string text;
    std::string signature;
};

std::string setting(std::string_view text) {
    const auto file = token_key_file_of(text);
    if (!file) return "none";
    return file->kid + (file->kind == TokenKeyFile::Kind::secret ? " secret " : " public ") +
           file->path;
}

}  // namespace

TEST_CASE("the kind of a public key says its algorithm", "[token]") {
    REQUIRE(key(rsa_pair().public_pem) == "RS256");
    REQUIRE(key(ec_pair().public_pem) == "ES256");
    REQUIRE(key(pair_of_kind("ED25519").public_pem) == "EdDSA");
    REQUIRE(key("our key of 2026\n\n" + ec_pair().public_pem + "\n") == "ES256");
}

TEST_CASE("keys that are weak, private or of another kind are refused", "[token]") {
    const std::string wanted = "; wanted one PUBLIC KEY in PEM";
    REQUIRE(
        key(rsa_pair(1'024).public_pem) == "it is an RSA key of 1024 bits; wanted at least 2048"
    );
    REQUIRE(key(ec_pair("P-384").public_pem) == "it is an EC key of another curve; wanted P-256");
    for (const auto* kind : {"ED448", "X25519"})
        REQUIRE(
            key(pair_of_kind(kind).public_pem) ==
            "it is a key of another kind; wanted RSA, P-256 or Ed25519"
        );
    const auto pair = ec_pair();
    REQUIRE(
        key(pair.private_pem) ==
        "it is a private key, which only the issuer of tokens should have" + wanted
    );
    REQUIRE(key(pair.public_pem + pair.private_pem) == "it holds more than one block" + wanted);
    REQUIRE(key(pair.public_pem + pair.public_pem) == "it holds more than one block" + wanted);
    REQUIRE(key("") == "it is no PEM" + wanted);
    REQUIRE(key("a secret of thirty-two bytes, ok") == "it is no PEM" + wanted);
    REQUIRE(key(pair.public_pem.substr(0, 100)) == "it is damaged" + wanted);
    REQUIRE(
        key("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n") ==
        "its key is damaged or of an unknown kind" + wanted
    );
    REQUIRE(
        key("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") ==
        "it is a CERTIFICATE" + wanted
    );
}

TEST_CASE("a signature is of one key, one text and one length", "[token]") {
    for (const auto& [pair, other] :
         {std::pair{rsa_pair(), rsa_pair()},
          std::pair{ec_pair(), ec_pair()},
          std::pair{pair_of_kind("ED25519"), pair_of_kind("ED25519")}}) {
        const auto right = TokenKey::of_pem(pair.public_pem);
        const Signed made{TokenSigner::of_pem("k", pair.private_pem).token("{}", "{}")};
        REQUIRE(right.verifies(made.text, made.signature));
        REQUIRE_FALSE(right.verifies(made.text + "!", made.signature));
        REQUIRE_FALSE(TokenKey::of_pem(other.public_pem).verifies(made.text, made.signature));
        REQUIRE_FALSE(right.verifies(made.text, ""));
        REQUIRE_FALSE(right.verifies(made.text, made.signature + '\0'));
        REQUIRE_FALSE(right.verifies(made.text, '\0' + made.signature));
        REQUIRE_FALSE(right.verifies(made.text, made.signature.substr(1)));
        REQUIRE_FALSE(right.verifies(made.text, std::string(made.signature.size(), '\0')));
        for (std::size_t i = 0; i < made.signature.size(); ++i) {
            auto changed = made.signature;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            REQUIRE_FALSE(right.verifies(made.text, changed));
        }
    }
}

TEST_CASE("r and s of ES256 are 32 bytes each, neither zero, and no DER", "[token]") {
    const auto pair = ec_pair();
    const auto right = TokenKey::of_pem(pair.public_pem);
    const auto signer = TokenSigner::of_pem("k", pair.private_pem);
    // Enough for numbers of every shape: with the high bit, and with zeros in front.
    for (int i = 0; i < 600; ++i) {
        const Signed made{signer.token("{}", std::to_string(i))};
        REQUIRE(made.signature.size() == 64);
        REQUIRE(right.verifies(made.text, made.signature));
    }
    const Signed made{signer.token("{}", "{}")};
    const std::string zero(32, '\0');
    REQUIRE_FALSE(right.verifies(made.text, zero + made.signature.substr(32)));
    REQUIRE_FALSE(right.verifies(made.text, made.signature.substr(0, 32) + zero));
    REQUIRE_FALSE(right.verifies(made.text, std::string(64, '\xFF')));
    REQUIRE_FALSE(right.verifies(
        made.text,
        std::string{"\x30\x44\x02\x20"} + made.signature.substr(0, 32) + "\x02\x20" +
            made.signature.substr(32)
    ));
}

// The public key, message and signature of RFC 8037, appendix A.4.
TEST_CASE("the signature of RFC 8037's example is taken", "[token]") {
    const auto key = TokenKey::of_pem(
        "-----BEGIN PUBLIC KEY-----\n"
        "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
        "-----END PUBLIC KEY-----\n"
    );
    REQUIRE(key.verifies(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        base64url_decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt"
                         "9g7sVvpAr_MuM0KAg")
            .value()
    ));
}

TEST_CASE("settings name a key by its kid and file", "[token]") {
    REQUIRE(setting("2026-11=/etc/keys/a.pem") == "2026-11 public /etc/keys/a.pem");
    REQUIRE(setting("old:HS256=/run/secrets/old") == "old secret /run/secrets/old");
    REQUIRE(setting("urn:a:b=x=y.pem") == "urn:a:b public x=y.pem");
    for (const auto* wrong : {"", "kid", "=file", "kid=", ":HS256=file"})
        REQUIRE(setting(wrong) == "none");
}
