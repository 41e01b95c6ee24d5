#include "platform/kafka/refusal.hpp"

#include "platform/kafka/client.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>

namespace duel::platform {

namespace {

// Up to 2.6.0 librdkafka repeats its nonce in the last message of SCRAM. Kafka takes that for a
// wrong password from version 4 on.
constexpr int kScramMended = 0x020601ff;

// Alerts of TLS about our certificate: bad, unsupported, revoked, expired, unknown, unknown
// authority, required. Without one some brokers say bad, others required.
constexpr std::array<std::string_view, 7> kAlerts{
    "SSL alert number 42",
    "SSL alert number 43",
    "SSL alert number 44",
    "SSL alert number 45",
    "SSL alert number 46",
    "SSL alert number 48",
    "SSL alert number 116"};

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

// Without how long the connection was in which state, which differs every time.
std::string_view cut(std::string_view reason) {
    return reason.substr(0, reason.rfind(" (after "));
}

std::string about_certificate(std::string_view reason, const std::string& failure) {
    std::string text{reason.substr(0, reason.find(": SSL handshake failed"))};
    text += ": its certificate is not accepted";
    if (!failure.empty()) text += " (" + failure + ")";
    if (has(failure, "mismatch")) return text + "; --kafka must name it as its certificate does";
    return text + "; --kafka-ca names the authorities that are trusted";
}

std::string_view about_password(const KafkaSecurity& security) {
    using Mechanism = KafkaSecurity::Mechanism;
    if (security.mechanism == Mechanism::plain || rd_kafka_version() >= kScramMended)
        return "; --kafka-user or --kafka-password is not what the brokers know";
    return "; --kafka-user or --kafka-password is not what the brokers know, or they are of Kafka "
           "4, with which this librdkafka (before 2.6.1) cannot do SCRAM: PLAIN over TLS and "
           "client certificates work";
}

}  // namespace

bool is_denied(int code) {
    switch (code) {
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            return true;
        default:
            return false;
    }
}

bool is_refusal(int code) {
    return is_denied(code) || code == RD_KAFKA_RESP_ERR__AUTHENTICATION ||
           code == RD_KAFKA_RESP_ERR__SSL;
}

bool KafkaError::is_refusal() const {
    return platform::is_refusal(code);
}

BrokerError explain(
    int code,
    std::string_view reason,
    const KafkaSecurity& security,
    const std::string& certificate_failure
) {
    const std::string_view said = cut(reason);
    const auto is_said = [&](std::string_view alert) { return has(said, alert); };
    if (has(said, "certificate verify failed"))
        return {RD_KAFKA_RESP_ERR__SSL, about_certificate(said, certificate_failure)};
    std::string text = named_as_settings(std::string(said));
    if (std::ranges::any_of(kAlerts, is_said)) {
        text += security.certificate.empty()
                    ? "; the brokers want a client certificate: --kafka-cert and --kafka-key"
                    : "; the brokers do not accept the client certificate of --kafka-cert";
        return {RD_KAFKA_RESP_ERR__AUTHENTICATION, std::move(text)};
    }
    if (has(said, "Unsupported SASL mechanism"))
        return {
            RD_KAFKA_RESP_ERR__AUTHENTICATION,
            std::move(text) + "; --kafka-sasl-mechanism must be one of them"};
    // A broker that goes away while it is asked is no refusal, although it gets that code.
    const bool is_cut_short = has(said, ": Local: ");
    if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION && !is_cut_short)
        return {code, std::move(text).append(about_password(security))};
    const bool is_passing =
        code == RD_KAFKA_RESP_ERR__SSL || code == RD_KAFKA_RESP_ERR__AUTHENTICATION;
    return {is_passing ? RD_KAFKA_RESP_ERR__TRANSPORT : code, std::move(text)};
}

std::string needing(std::string_view needs) {
    return needs.empty() ? "" : std::string("; this user needs an ACL for ").append(needs);
}

std::string text_of(int code, std::string_view needs) {
    const std::string text = rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
    return is_denied(code) ? text + needing(needs) : text;
}

}  // namespace duel::platform
