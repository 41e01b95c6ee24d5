// What it costs to verify a session token of each algorithm, beside what `openssl speed` says in
// the same run of the signature alone.
//
// One thread, no Kafka, no Postgres. HMAC is so fast that reading the token costs more than its
// signature; so the signature is measured alone as well.

#include "bench/main.hpp"
#include "bench/report.hpp"
#include "platform/settings.hpp"
#include "wsserver/net/base64url.hpp"
#include "wsserver/net/token.hpp"
#include "wsserver/net/token_signer.hpp"

#include <charconv>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>

namespace duel::bench {
namespace {

using namespace std::chrono_literals;
using wsserver::Claims;
using wsserver::Seconds;
using wsserver::TokenKey;
using wsserver::TokenKeyFile;
using wsserver::TokenSigner;
using wsserver::TokenVerifier;

const std::string kSecret = "a secret of thirty-two bytes, ok";
const Seconds kNow{1'763'060'000s};

struct Options {
    std::chrono::seconds length{2};
    std::string json_file;
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{
        "bench-token-verification", "Session tokens against openssl speed."};
    settings.add("--for", "", options.length, "time", "of each figure", platform::at_least(1s));
    settings.add("--json", "", options.json_file, "file", "append the figures as a line of JSON");
    settings.parse(argc, argv);
    return options;
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, decltype(&pclose)> pipe{popen(command.c_str(), "r"), pclose};
    std::string output;
    std::array<char, 4'096> part{};
    while (pipe && std::fgets(part.data(), static_cast<int>(part.size()), pipe.get()) != nullptr)
        output += part.data();
    return output;
}

// Key files that go with the measurement.
struct Folder {
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name) const { return path / name; }
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / fmt::format("duel-bench-keys-{}", getpid());
};

// How an algorithm's keys are made, and what `openssl speed` calls it.
struct Algorithm {
    std::string name;
    std::string genpkey;  // empty: the shared secret
    std::string speed;
};

const std::vector<Algorithm> kAlgorithms{
    {"HS256", "", "-bytes {} -hmac sha256"},
    {"RS256", "RSA -pkeyopt rsa_keygen_bits:2048", "rsa2048"},
    {"ES256", "EC -pkeyopt ec_paramgen_curve:P-256", "ecdsap256"},
    {"EdDSA", "ED25519", "ed25519"}};

// Microseconds that OpenSSL takes to verify a signature of so many bytes. Its last line ends with
// verifications a second, for HMAC with bytes a second.
double openssl_microseconds(const Algorithm& algorithm, std::size_t bytes, const Options& options) {
    const auto command = fmt::format(
        "openssl speed -mr -seconds {} {} 2>/dev/null",
        options.length.count(),
        fmt::format(fmt::runtime(algorithm.speed), bytes)
    );
    const auto output = output_of(command);
    const auto line = output.rfind("+F");
    const auto colon = output.rfind(':');
    double rate = 0;
    if (line != output.npos && colon != output.npos && colon > line)
        std::from_chars(output.data() + colon + 1, output.data() + output.size(), rate);
    if (rate <= 0) throw std::runtime_error(command + " gave no figure");
    return (algorithm.genpkey.empty() ? static_cast<double>(bytes) : 1.0) * 1e6 / rate;
}

double cpu_microseconds() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}

// Microseconds of CPU that one call takes.
template <class Verify>
double microseconds(const Options& options, Verify verify) {
    const auto end = std::chrono::steady_clock::now() + options.length;
    const auto before = cpu_microseconds();
    std::size_t count = 0;
    while (std::chrono::steady_clock::now() < end)
        for (int i = 0; i < 100; ++i, ++count)
            if (!verify()) throw std::runtime_error("a good token was refused");
    return (cpu_microseconds() - before) / static_cast<double>(count);
}

void measure(const Algorithm& algorithm, const Options& options, Report& report) {
    const Folder folder;
    const auto key = folder.file("private");
    TokenVerifier::Settings settings{.secret = kSecret};
    auto signer = TokenSigner::of_secret(kSecret);
    if (!algorithm.genpkey.empty()) {
        const TokenKeyFile file{"k", folder.file("public")};
        output_of("openssl genpkey -out " + key + " -algorithm " + algorithm.genpkey + " 2>&1");
        output_of("openssl pkey -pubout -in " + key + " -out " + file.path + " 2>&1");
        settings.keys.push_back(file);
        signer = TokenSigner::of_file(file.kid, key);
    }
    const auto token = signer.token(
        {"7UX2i7SucgLMQcfZ75s3VXmZZY4YRUyJN9X1RgfMoDUi", "ann", wsserver::Role::user, kNow + 1h},
        kNow,
        {}
    );
    const auto text = token.substr(0, token.rfind('.'));
    const auto signature = wsserver::base64url_decode(token.substr(text.size() + 1)).value();
    const auto pinned = settings.keys.empty() ? TokenKey::of_secret(kSecret)
                                              : wsserver::key_in(settings.keys.front());
    const TokenVerifier verifier{std::move(settings)};

    const auto floor = openssl_microseconds(algorithm, text.size(), options);
    const auto alone = microseconds(options, [&] { return pinned.verifies(text, signature); });
    const auto whole = microseconds(options, [&] {
        return std::holds_alternative<Claims>(verifier.verify(token, kNow));
    });
    report.add(algorithm.name + ", openssl speed", floor, "µs");
    report.add(algorithm.name + ", its signature", alone, "µs");
    report.add(algorithm.name + ", the whole token", whole, "µs");
    report.add(algorithm.name + ", signature to openssl", alone / floor);
    report.add(algorithm.name + ", token to openssl", whole / floor);
}

void run(const Options& options) {
    Report report{"tokens: verifying one"};
    for (const auto& algorithm : kAlgorithms)
        measure(algorithm, options, report);
    report.publish(options.json_file);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-token-verification", argc, argv, duel::bench::parse, duel::bench::run
    );
}
