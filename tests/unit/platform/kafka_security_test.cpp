// How a program gets in at brokers that ask who comes: settings that fit together, and what they
// become.

#include "platform/kafka/client.hpp"
#include "platform/settings.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

using namespace duel::platform;

namespace {

using Environment = std::map<std::string, std::string>;

struct Program {
    KafkaSettings kafka;
    Settings settings{"duel-example", "Shows settings."};

    Program() { offer(settings, kafka); }

    std::optional<std::string> read(const Environment& environment) {
        return settings.read({}, [&](const std::string& name) {
            const auto found = environment.find(name);
            return found == environment.end() ? std::nullopt : std::optional(found->second);
        });
    }
};

std::string refusal(const Environment& environment) {
    try {
        Program().read(environment);
    } catch (const SettingError& error) {
        return error.what();
    }
    return "accepted";
}

std::string text(const KafkaSecurity& security) {
    std::string text;
    for (const auto& [name, value] : properties_of(security))
        text.append(text.empty() ? "" : " ").append(name).append("=").append(value);
    return text;
}

std::string written(const std::string& name, const std::string& content) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("duel-kafka-" + std::to_string(getpid()) + "-" + name);
    std::ofstream(path) << content;
    return path.string();
}

const Environment kPassword{
    {"DUEL_KAFKA_PROTOCOL", "SASL_SSL"},
    {"DUEL_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"},
    {"DUEL_KAFKA_USER", "duel-projector"},
    {"DUEL_KAFKA_PASSWORD", "s3cret"}};

Environment with(Environment environment, const Environment& changes) {
    for (const auto& [name, value] : changes)
        environment["DUEL_KAFKA_" + name] = value;
    return environment;
}

}  // namespace

TEST_CASE("without settings brokers are spoken to in plain text", "[kafka][security]") {
    Program program;
    program.read({});
    REQUIRE(text(program.kafka.security) == "security.protocol=PLAINTEXT");
}

TEST_CASE("settings of Kafka's security become properties of librdkafka", "[kafka][security]") {
    Program program;
    program.read(kPassword);
    REQUIRE(
        text(program.kafka.security) ==
        "security.protocol=SASL_SSL sasl.mechanisms=SCRAM-SHA-512 sasl.username=duel-projector "
        "sasl.password=s3cret"
    );
    REQUIRE(
        text(
            {.protocol = KafkaSecurity::Protocol::ssl,
             .ca = "ca.crt",
             .certificate = "me.crt",
             .key = "me.key",
             .key_password = {"open"}}
        ) ==
        "security.protocol=SSL ssl.ca.location=ca.crt ssl.certificate.location=me.crt "
        "ssl.key.location=me.key ssl.key.password=open"
    );
}

TEST_CASE("a password comes from a file, without the newline at its end", "[kafka][security]") {
    for (const std::string content : {"s3cret", "s3cret\n", "s3cret\r\n"}) {
        Program program;
        program.read(
            with(kPassword, {{"PASSWORD", ""}, {"PASSWORD_FILE", written("password", content)}})
        );
        CHECK(program.kafka.security.password.value == "s3cret");
    }
    const std::string empty = written("empty", "\n");
    CHECK(
        refusal(with(kPassword, {{"PASSWORD", ""}, {"PASSWORD_FILE", empty}})) ==
        "--kafka-password-file (DUEL_KAFKA_PASSWORD_FILE): \"" + empty +
            "\" is empty; wanted a password"
    );
    CHECK(
        refusal(with(kPassword, {{"PASSWORD", ""}, {"PASSWORD_FILE", "/nowhere"}})) ==
        "--kafka-password-file (DUEL_KAFKA_PASSWORD_FILE): \"/nowhere\" cannot be read (No such "
        "file or directory); wanted a file"
    );
    CHECK(
        refusal(with(kPassword, {{"PASSWORD_FILE", empty}})) ==
        "--kafka-password (DUEL_KAFKA_PASSWORD) and --kafka-password-file "
        "(DUEL_KAFKA_PASSWORD_FILE) are both set; wanted one"
    );
}

TEST_CASE("what would not protect is refused by name", "[kafka][security]") {
    CHECK(
        refusal(with({}, {{"CA", "ca.crt"}})) ==
        "--kafka-ca (DUEL_KAFKA_CA) is set, but --kafka-protocol (DUEL_KAFKA_PROTOCOL) does not "
        "use it; wanted SSL or SASL_SSL"
    );
    CHECK(
        refusal(with(kPassword, {{"PROTOCOL", "PLAINTEXT"}, {"SASL_MECHANISM", "none"}})) ==
        "--kafka-user (DUEL_KAFKA_USER) is set, but --kafka-protocol (DUEL_KAFKA_PROTOCOL) does "
        "not use it; wanted SASL_SSL, or SASL_PLAINTEXT where passwords may go over the network "
        "without TLS"
    );
    CHECK(refusal(with({}, {{"PASSWORD", "s3cret"}})).starts_with("--kafka-password (DUEL"));
    CHECK(refusal(with(kPassword, {{"PROTOCOL", "SSL"}})).starts_with("--kafka-sasl-mechanism"));
    CHECK(refusal(with(kPassword, {{"PROTOCOL", "SASL_PLAINTEXT"}, {"CA", "ca.crt"}})
    ).starts_with("--kafka-ca (DUEL_KAFKA_CA) is set, but"));
    CHECK(refusal(with(kPassword, {{"PROTOCOL", "SASL_PLAINTEXT"}})) == "accepted");
}

TEST_CASE("what belongs together is wanted together", "[kafka][security]") {
    CHECK(
        refusal(with(kPassword, {{"SASL_MECHANISM", "none"}})) ==
        "--kafka-sasl-mechanism (DUEL_KAFKA_SASL_MECHANISM) is not set, but --kafka-protocol "
        "(DUEL_KAFKA_PROTOCOL) is SASL; wanted PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    );
    CHECK(refusal(with(kPassword, {{"USER", ""}}))
              .starts_with("--kafka-user (DUEL_KAFKA_USER) is "
                           "not set"));
    CHECK(refusal(with(kPassword, {{"PASSWORD", ""}})
    ).ends_with("wanted a password, or --kafka-password-file"));
    const std::string together =
        "--kafka-cert (DUEL_KAFKA_CERT) and --kafka-key (DUEL_KAFKA_KEY) are wanted together";
    CHECK(refusal(with({}, {{"PROTOCOL", "SSL"}, {"CERT", "me.crt"}})) == together);
    CHECK(refusal(with({}, {{"PROTOCOL", "SSL"}, {"KEY", "me.key"}})) == together);
    CHECK(
        refusal(with({}, {{"PROTOCOL", "SSL"}, {"KEY_PASSWORD", "s3cret"}})) ==
        "--kafka-key-password (DUEL_KAFKA_KEY_PASSWORD) is set without a key; wanted --kafka-key "
        "(DUEL_KAFKA_KEY)"
    );
}

TEST_CASE("files that are no certificates are refused at the start", "[kafka][security]") {
    const std::string file = written("nonsense", "nonsense");
    CHECK(
        refusal(with({}, {{"PROTOCOL", "SSL"}, {"CA", "/nowhere"}})) ==
        "--kafka-ca (DUEL_KAFKA_CA): \"/nowhere\" cannot be read (No such file or directory); "
        "wanted a file"
    );
    CHECK(refusal(with({}, {{"PROTOCOL", "SSL"}, {"CA", "/tmp"}})
    ).ends_with("\"/tmp\" cannot be read (Is a directory); wanted a file"));
    const std::string ca = refusal(with({}, {{"PROTOCOL", "SSL"}, {"CA", file}}));
    CHECK(ca.starts_with("--kafka-ca failed: "));
    CHECK(ca.ends_with("; wanted PEM that fits together"));
    CHECK(refusal(with({}, {{"PROTOCOL", "SSL"}, {"CERT", file}, {"KEY", file}})
    ).starts_with("--kafka-cert failed: "));
}

TEST_CASE("words that Kafka does not know are refused", "[kafka][security]") {
    CHECK(
        refusal(with({}, {{"PROTOCOL", "TLS"}})) ==
        "--kafka-protocol: \"TLS\" from the environment's DUEL_KAFKA_PROTOCOL is not allowed; "
        "wanted one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL"
    );
    CHECK(
        refusal(with(kPassword, {{"SASL_MECHANISM", "SCRAM-SHA-1"}})).find("SCRAM-SHA-1\"") !=
        std::string::npos
    );
}

TEST_CASE("passwords of Kafka are printed nowhere", "[kafka][security]") {
    Program program;
    program.read(kPassword);
    for (const std::string& text : {program.settings.summary(), program.settings.help()})
        CHECK(text.find("s3cret") == std::string::npos);
    CHECK(program.settings.summary().find("kafka-password=set") != std::string::npos);
    for (const Environment& wrong :
         {Environment{{"DUEL_KAFKA_PASSWORD", "s3cret"}},
          Environment{{"DUEL_KAFKA_PROTOCOL", "SSL"}, {"DUEL_KAFKA_KEY_PASSWORD", "s3cret"}}})
        CHECK(refusal(wrong).find("s3cret") == std::string::npos);
}
