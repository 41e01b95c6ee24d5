#pragma once

// What brokers say no to, told so that an operator knows what to change.

#include "platform/kafka/security.hpp"

#include <string>
#include <string_view>

namespace duel::platform {

// Why a connection ended.
struct BrokerError {
    int code = 0;  // rd_kafka_resp_err_t
    std::string text;
};

// The end of a connection as librdkafka tells it. A refusal (KafkaError::is_refusal) gets a code of
// its own, also where librdkafka takes it for a broken connection, and what to look at.
// `certificate_failure`: what OpenSSL had against the broker's certificate.
BrokerError explain(
    int code,
    std::string_view reason,
    const KafkaSecurity& security,
    const std::string& certificate_failure
);

// Missing rights of our user.
bool is_denied(int code);
// The same, or that we are not let in at all.
bool is_refusal(int code);

// "; this user needs an ACL for Write on topic feed"; nothing where nothing is needed.
std::string needing(std::string_view needs);

// "Broker: Topic authorization failed; this user needs an ACL for Write on topic feed". Only what
// librdkafka says where the code is another.
std::string text_of(int code, std::string_view needs);

}  // namespace duel::platform
