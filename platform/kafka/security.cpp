#include "platform/kafka/security.hpp"

#include "platform/kafka/security_check.hpp"
#include "platform/settings.hpp"

#include <array>

namespace duel::platform {

namespace {

using Protocol = KafkaSecurity::Protocol;
using Mechanism = KafkaSecurity::Mechanism;

const std::vector<std::pair<std::string, Protocol>> kProtocols{
    {"PLAINTEXT", Protocol::plaintext},
    {"SSL", Protocol::ssl},
    {"SASL_PLAINTEXT", Protocol::sasl_plaintext},
    {"SASL_SSL", Protocol::sasl_ssl}};

const std::vector<std::pair<std::string, Mechanism>> kMechanisms{
    {"none", Mechanism::none},
    {"PLAIN", Mechanism::plain},
    {"SCRAM-SHA-256", Mechanism::scram_sha_256},
    {"SCRAM-SHA-512", Mechanism::scram_sha_512}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames{{
    {"security.protocol", "--kafka-protocol"},
    {"ssl.ca.location", "--kafka-ca"},
    {"ssl.certificate.location", "--kafka-cert"},
    {"ssl.key.location", "--kafka-key"},
    {"ssl.key.password", "--kafka-key-password"},
    {"sasl.mechanisms", "--kafka-sasl-mechanism"},
    {"sasl.username", "--kafka-user"},
    {"sasl.password", "--kafka-password"},
}};

template <class Word>
std::string word_of(const std::vector<std::pair<std::string, Word>>& words, Word wanted) {
    for (const auto& [word, meaning] : words) {
        if (meaning == wanted) return word;
    }
    return {};
}

void offer_tls(Settings& settings, KafkaSecurity& security) {
    settings.add(
        "--kafka-ca",
        "DUEL_KAFKA_CA",
        security.ca,
        "file",
        "authorities that the brokers' certificates come from, PEM; empty: the system's"
    );
    settings.add(
        "--kafka-cert",
        "DUEL_KAFKA_CERT",
        security.certificate,
        "file",
        "client certificate and what issued it, PEM"
    );
    settings.add("--kafka-key", "DUEL_KAFKA_KEY", security.key, "file", "its private key, PEM");
    settings.add(
        "--kafka-key-password",
        "DUEL_KAFKA_KEY_PASSWORD",
        security.key_password,
        "text",
        "of the private key, where it has one"
    );
}

void offer_sasl(Settings& settings, KafkaSecurity& security) {
    settings.add_choice(
        "--kafka-sasl-mechanism",
        "DUEL_KAFKA_SASL_MECHANISM",
        security.mechanism,
        "how the brokers check the password",
        kMechanisms
    );
    settings.add("--kafka-user", "DUEL_KAFKA_USER", security.user, "name", "of SASL");
    settings.add(
        "--kafka-password", "DUEL_KAFKA_PASSWORD", security.password, "text", "of that user"
    );
    settings.add(
        "--kafka-password-file",
        "DUEL_KAFKA_PASSWORD_FILE",
        security.password_file,
        "file",
        "that holds the password instead"
    );
}

}  // namespace

void offer(Settings& settings, KafkaSecurity& security) {
    settings.add_choice(
        "--kafka-protocol",
        "DUEL_KAFKA_PROTOCOL",
        security.protocol,
        "how the brokers are spoken to: SSL is TLS, SASL a password",
        kProtocols
    );
    offer_tls(settings, security);
    offer_sasl(settings, security);
    settings.then([&security] { check(security); });
}

std::vector<std::pair<std::string, std::string>> properties_of(const KafkaSecurity& security) {
    std::vector<std::pair<std::string, std::string>> properties{
        {"security.protocol", word_of(kProtocols, security.protocol)}};
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) properties.emplace_back(name, value);
    };
    if (security.has_tls()) {
        add("ssl.ca.location", security.ca);
        add("ssl.certificate.location", security.certificate);
        add("ssl.key.location", security.key);
        add("ssl.key.password", security.key_password.value);
    }
    if (security.has_sasl()) {
        add("sasl.mechanisms", word_of(kMechanisms, security.mechanism));
        add("sasl.username", security.user);
        add("sasl.password", security.password.value);
    }
    return properties;
}

std::string named_as_settings(std::string text) {
    for (const auto& [property, setting] : kNames) {
        for (auto at = text.find(property); at != text.npos; at = text.find(property, at))
            text.replace(at, property.size(), setting);
    }
    return text;
}

}  // namespace duel::platform
