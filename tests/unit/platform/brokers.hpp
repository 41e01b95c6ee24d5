#pragma once

#include "platform/kafka.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

namespace duel::platform {

// Whether tests run against the brokers of DUEL_TEST_KAFKA.
inline bool is_real() {
    return std::getenv("DUEL_TEST_KAFKA") != nullptr;
}

// Those brokers, or else ones that librdkafka plays until the object is gone.
class Brokers {
public:
    Brokers() {
        if (is_real()) return;
        client_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
        cluster_ = rd_kafka_mock_cluster_new(client_, 1);
    }
    ~Brokers() {
        if (cluster_) rd_kafka_mock_cluster_destroy(cluster_);
        if (client_) rd_kafka_destroy(client_);
    }

    KafkaSettings settings() const {
        if (!cluster_) return {.brokers = std::getenv("DUEL_TEST_KAFKA")};
        return {.brokers = rd_kafka_mock_cluster_bootstraps(cluster_)};
    }

    // A topic that nobody used before, or, of brokers that are played, that of a name.
    std::string topic(std::int32_t partitions, std::string name = {}) {
        if (name.empty()) name = "test-" + std::to_string(std::random_device{}());
        if (cluster_) {
            rd_kafka_mock_topic_create(cluster_, name.c_str(), partitions, 1);
        } else {
            Admin(settings())
                .create({{.name = name, .partitions = partitions}}, std::chrono::seconds{10});
        }
        return name;
    }

    rd_kafka_mock_cluster_t* mock() { return cluster_; }

private:
    rd_kafka_t* client_ = nullptr;
    rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace duel::platform
