#pragma once

// What producer, consumer and admin have in common: where the brokers are and how they stand.

#include "platform/kafka/security.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace duel::platform {

struct KafkaSettings {
    std::string brokers = "127.0.0.1:9092";
    // More properties of librdkafka, "name=value"; they win over what the program sets itself.
    std::vector<std::string> options = {};
    KafkaSecurity security = {};
};

// Adds --kafka (DUEL_KAFKA), the settings of KafkaSecurity, and --kafka-option (DUEL_KAFKA_OPTIONS,
// "k=v,k=v"; the flag repeats).
void offer(Settings& settings, KafkaSettings& kafka);

// Kafka cannot do what was asked, for a reason that waiting does not mend (a fatal producer error,
// a refused topic), or not within the time that was given.
struct KafkaError : std::runtime_error {
    KafkaError(int code_number, const std::string& text)
        : std::runtime_error(text), code(code_number) {}
    int code;  // rd_kafka_resp_err_t

    // The brokers answer and say no: to our password, our certificate or what we may do. It stays
    // so until somebody changes that.
    bool is_refusal() const;
};

// Told when the brokers become reachable or stop being so, with why; once a change, from whichever
// thread polls. Meant for Health::set.
using KafkaStateHook = std::function<void(bool up, const std::string& reason)>;

}  // namespace duel::platform
