#include "wsserver/net/token_keys.hpp"

#include "platform/settings.hpp"
#include "tests/unit/wsserver/net/key_pairs.hpp"
#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token_signer.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

using namespace duel::wsserver;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::string kSecret = "a secret of thirty-two bytes, ok";
const Seconds kNow{std::chrono::seconds{1'763'060'000}};
const Claims kClaims{"w1", "", Role::user, kNow + 1h};

// A folder that goes with the test.
struct Folder {
    Folder() { fs::create_directories(path); }
    ~Folder() { fs::remove_all(path); }
    // As a program that rotates keys should write: the name never shows half a file.
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream{path / "new"} << text;
        fs::rename(path / "new", path / name);
        return path / name;
    }
    const fs::path path = fs::temp_directory_path() / ("duel-keys-" + std::to_string(getpid()));
};

std::string verdict(const TokenVerifier& verifier, std::string_view token) {
    const auto found = verifier.verify(token, kNow);
    if (const auto* refusal = std::get_if<Refusal>(&found)) return refusal->reason;
    return std::get<Claims>(found).wallet;
}

std::string by(const KeyPair& pair, const std::string& kid) {
    return TokenSigner::of_pem(kid, pair.private_pem).token(kClaims, kNow, {});
}

bool reaches(const TokenVerifier& verifier, const std::string& token, const std::string& wanted) {
    for (int i = 0; i < 500 && verdict(verifier, token) != wanted; ++i)
        std::this_thread::sleep_for(10ms);
    return verdict(verifier, token) == wanted;
}

}  // namespace

TEST_CASE("tokens of several keys are taken at once, each by its kid", "[token]") {
    const Folder folder;
    const auto rsa = rsa_pair();
    const auto ec = ec_pair();
    const auto edwards = pair_of_kind("ED25519");
    const TokenVerifier verifier{
        {.secret = kSecret,
         .keys = {
             {"rsa", folder.write("rsa", rsa.public_pem)},
             {"ec", folder.write("ec", ec.public_pem)},
             {"ed", folder.write("ed", edwards.public_pem)},
             {"old", folder.write("old", kSecret + "!"), TokenKeyFile::Kind::secret}}}};
    REQUIRE(verdict(verifier, by(rsa, "rsa")) == "w1");
    REQUIRE(verdict(verifier, by(ec, "ec")) == "w1");
    REQUIRE(verdict(verifier, by(edwards, "ed")) == "w1");
    const auto shared = TokenSigner::of_secret(kSecret);
    REQUIRE(verdict(verifier, shared.token(kClaims, kNow, {})) == "w1");

    REQUIRE(verdict(verifier, by(rsa, "new")) == "its kid is unknown");
    REQUIRE(verdict(verifier, by(rsa, "ec")) == "alg is not ES256");
    REQUIRE(verdict(verifier, by(rsa, "")) == "alg is not HS256");
    REQUIRE(verdict(verifier, by(ec_pair(), "ec")) == "its signature is wrong");
    const std::string claims = R"({"sub":"w1","role":"user","exp":9999999999})";
    const auto old = TokenSigner::of_secret(kSecret + "!");
    REQUIRE(verdict(verifier, old.token(R"({"alg":"HS256","kid":"old"})", claims)) == "w1");
    REQUIRE(
        verdict(verifier, shared.token(R"({"alg":"HS256","kid":"old"})", claims)) ==
        "its signature is wrong"
    );
    for (const std::string kid : {"7", "null", "[\"rsa\"]", "{}"})
        REQUIRE(
            verdict(verifier, shared.token(R"({"alg":"HS256","kid":)" + kid + "}", claims)) ==
            "kid is no text"
        );
}

TEST_CASE("a public key is no secret", "[token]") {
    const Folder folder;
    const auto rsa = rsa_pair();
    const TokenVerifier verifier{{.keys = {{"rsa", folder.write("rsa", rsa.public_pem)}}}};
    const auto forger = TokenSigner::of_secret(rsa.public_pem);
    const std::string claims = R"({"sub":"w1","role":"admin","exp":9999999999})";
    REQUIRE(
        verdict(verifier, forger.token(R"({"alg":"HS256","kid":"rsa"})", claims)) ==
        "alg is not RS256"
    );
    REQUIRE(
        verdict(verifier, forger.token(R"({"alg":"RS256","kid":"rsa"})", claims)) ==
        "its signature is wrong"
    );
    REQUIRE(verdict(verifier, forger.token(R"({"alg":"HS256"})", claims)) == "it has no kid");
}

TEST_CASE(
    "a key that cannot be used is refused at the start, by the name of its setting",
    "[token]"
) {
    const Folder folder;
    const auto start = [](const std::vector<TokenKeyFile>& keys, const std::string& secret) {
        const TokenVerifier verifier{{.secret = secret, .keys = keys}};
    };
    using Catch::Contains;
    using duel::platform::SettingError;
    const auto ec = ec_pair();
    const auto good = folder.write("good", ec.public_pem);
    REQUIRE_THROWS_AS(start({}, ""), SettingError);
    REQUIRE_THROWS_WITH(
        start({}, "short"), "--jwt-secret (DUEL_JWT_SECRET): it has 5 bytes; wanted at least 16"
    );
    REQUIRE_THROWS_WITH(
        start({{"k", "/no/such/file"}}, ""),
        "--jwt-key (DUEL_JWT_KEYS), kid \"k\", file \"/no/such/file\": it cannot be read: No such "
        "file or directory"
    );
    REQUIRE_THROWS_WITH(
        start({{"k", folder.path}}, ""), Contains("it cannot be read: Is a directory")
    );
    REQUIRE_THROWS_WITH(
        start({{"k", folder.write("private", ec.private_pem)}}, ""),
        Contains("kid \"k\"") && Contains("it is a private key")
    );
    REQUIRE_THROWS_WITH(
        start({{"k", folder.write("short", "short"), TokenKeyFile::Kind::secret}}, ""),
        Contains("it has 5 bytes; wanted at least 16")
    );
    REQUIRE_THROWS_WITH(
        start({{"k", folder.write("big", std::string(70'000, 'x'))}}, ""),
        Contains("it is too long for a key")
    );
    REQUIRE_THROWS_WITH(
        start({{"k", good}, {"k", good}}, ""), Contains("another key has the same kid")
    );
}

TEST_CASE("a file that changes brings its new key, one that breaks leaves the old", "[token]") {
    const Folder folder;
    const auto first = ec_pair();
    const auto second = pair_of_kind("ED25519");
    const TokenVerifier verifier{
        {.keys = {{"k", folder.write("k", first.public_pem)}}, .look_at_files_every = 5ms}};
    REQUIRE(verdict(verifier, by(first, "k")) == "w1");

    folder.write("k", second.public_pem);
    REQUIRE(reaches(verifier, by(second, "k"), "w1"));
    REQUIRE(verdict(verifier, by(first, "k")) == "alg is not EdDSA");

    fs::remove(folder.path / "k");
    std::this_thread::sleep_for(50ms);
    REQUIRE(verdict(verifier, by(second, "k")) == "w1");
    folder.write("k", first.private_pem);
    std::this_thread::sleep_for(50ms);
    REQUIRE(verdict(verifier, by(second, "k")) == "w1");
    folder.write("k", first.public_pem);
    REQUIRE(reaches(verifier, by(first, "k"), "w1"));
}

TEST_CASE("threads verify while keys rotate, and never meet half a key", "[token]") {
    const Folder folder;
    const auto first = ec_pair();
    const auto second = ec_pair();
    const TokenVerifier verifier{
        {.secret = kSecret,
         .keys = {{"k", folder.write("k", first.public_pem)}},
         .look_at_files_every = 1ms}};
    const std::vector<std::string> tokens{
        by(first, "k"), by(second, "k"), TokenSigner::of_secret(kSecret).token(kClaims, kNow, {})};
    std::atomic<bool> ended{false};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        threads.reserve(3);
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([&] {
                while (!ended) {
                    // One of the two is the key's at any time, but it may change in between.
                    for (const auto& token : tokens) {
                        const auto found = verdict(verifier, token);
                        if (found != "w1" && found != "its signature is wrong") ++wrong;
                    }
                    if (verdict(verifier, tokens.back()) != "w1") ++wrong;
                }
            });
        for (int i = 0; i < 20; ++i) {
            folder.write("k", i % 2 == 0 ? second.public_pem : first.public_pem);
            std::this_thread::sleep_for(5ms);
        }
        ended = true;
    }
    REQUIRE(wrong == 0);
}
