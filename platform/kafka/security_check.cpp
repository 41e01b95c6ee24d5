#include "platform/kafka/security_check.hpp"

#include "platform/settings.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

namespace duel::platform {

namespace {

constexpr const char* kProtocol = "--kafka-protocol (DUEL_KAFKA_PROTOCOL)";
constexpr const char* kMechanism = "--kafka-sasl-mechanism (DUEL_KAFKA_SASL_MECHANISM)";
constexpr const char* kUser = "--kafka-user (DUEL_KAFKA_USER)";
constexpr const char* kPassword = "--kafka-password (DUEL_KAFKA_PASSWORD)";
constexpr const char* kPasswordFile = "--kafka-password-file (DUEL_KAFKA_PASSWORD_FILE)";
constexpr const char* kCa = "--kafka-ca (DUEL_KAFKA_CA)";
constexpr const char* kCert = "--kafka-cert (DUEL_KAFKA_CERT)";
constexpr const char* kKey = "--kafka-key (DUEL_KAFKA_KEY)";
constexpr const char* kKeyPassword = "--kafka-key-password (DUEL_KAFKA_KEY_PASSWORD)";

[[noreturn]] void refuse(const std::string& sentence) {
    throw SettingError(sentence);
}

std::string content_of(const std::string& path, const char* setting) {
    const auto fail = [&](int reason) {
        refuse(
            std::string(setting) + ": \"" + path + "\" cannot be read (" +
            std::generic_category().message(reason) + "); wanted a file"
        );
    };
    if (std::filesystem::is_directory(path)) fail(EISDIR);
    std::ifstream file(path, std::ios::binary);
    if (!file.is_open()) fail(errno);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What is set although the protocol has no use for it would be thought to protect.
void refuse_unused(
    bool is_used,
    const std::string& value,
    const char* setting,
    const char* wanted
) {
    if (is_used || value.empty()) return;
    refuse(
        std::string(setting) + " is set, but " + kProtocol + " does not use it; wanted " + wanted
    );
}

void check_tls(const KafkaSecurity& security) {
    const bool is_used = security.has_tls();
    constexpr const char* kWanted = "SSL or SASL_SSL";
    refuse_unused(is_used, security.ca, kCa, kWanted);
    refuse_unused(is_used, security.certificate, kCert, kWanted);
    refuse_unused(is_used, security.key, kKey, kWanted);
    refuse_unused(is_used, security.key_password.value, kKeyPassword, kWanted);
    if (security.certificate.empty() != security.key.empty())
        refuse(std::string(kCert) + " and " + kKey + " are wanted together");
    if (security.key.empty() && !security.key_password.value.empty())
        refuse(std::string(kKeyPassword) + " is set without a key; wanted " + kKey);
    if (!security.ca.empty()) content_of(security.ca, kCa);
    if (security.certificate.empty()) return;
    content_of(security.certificate, kCert);
    content_of(security.key, kKey);
}

void read_password(KafkaSecurity& security) {
    if (security.password_file.empty()) return;
    if (!security.password.value.empty())
        refuse(std::string(kPassword) + " and " + kPasswordFile + " are both set; wanted one");
    std::string& password = security.password.value;
    password = content_of(security.password_file, kPasswordFile);
    if (password.ends_with('\n')) password.pop_back();
    if (password.ends_with('\r')) password.pop_back();
    if (password.empty())
        refuse(
            std::string(kPasswordFile) + ": \"" + security.password_file +
            "\" is empty; wanted a password"
        );
}

void check_sasl(KafkaSecurity& security) {
    const bool is_used = security.has_sasl();
    constexpr const char* kWanted =
        "SASL_SSL, or SASL_PLAINTEXT where passwords may go over the network without TLS";
    const bool has_mechanism = security.mechanism != KafkaSecurity::Mechanism::none;
    refuse_unused(is_used, has_mechanism ? "set" : "", kMechanism, kWanted);
    refuse_unused(is_used, security.user, kUser, kWanted);
    refuse_unused(is_used, security.password.value, kPassword, kWanted);
    refuse_unused(is_used, security.password_file, kPasswordFile, kWanted);
    if (!is_used) return;
    const auto need = [](bool is_there, const char* setting, const char* wanted) {
        if (is_there) return;
        refuse(
            std::string(setting) + " is not set, but " + kProtocol + " is SASL; wanted " + wanted
        );
    };
    need(has_mechanism, kMechanism, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
    need(!security.user.empty(), kUser, "the name that the brokers know");
    read_password(security);
    need(!security.password.value.empty(), kPassword, "a password, or --kafka-password-file");
}

// librdkafka reads certificates and keys as it makes a client; one without brokers connects to
// nobody.
void try_out(const KafkaSecurity& security) {
    std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)> conf(
        rd_kafka_conf_new(), &rd_kafka_conf_destroy
    );
    std::array<char, 512> reason{};
    for (const auto& [name, value] : properties_of(security))
        rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason.data(), reason.size());
    rd_kafka_conf_set_log_cb(conf.get(), [](const rd_kafka_t*, int, const char*, const char*) {});
    const std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client(
        rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason.data(), reason.size()), &rd_kafka_destroy
    );
    if (!client) refuse(named_as_settings(reason.data()) + "; wanted PEM that fits together");
    static_cast<void>(conf.release());
}

}  // namespace

void check(KafkaSecurity& security) {
    check_tls(security);
    check_sasl(security);
    if (security.has_tls()) try_out(security);
}

}  // namespace duel::platform
