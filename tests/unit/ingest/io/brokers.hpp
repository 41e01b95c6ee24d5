#pragma once

// The brokers that librdkafka plays itself, with the topics that the ingest writes.

#include "platform/kafka/client.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

namespace duel::ingest {

class Brokers {
public:
    Brokers() {
        for (const char* topic : {"trades", "prices"})
            rd_kafka_mock_topic_create(cluster_, topic, 4, 1);
    }
    ~Brokers() {
        rd_kafka_mock_cluster_destroy(cluster_);
        rd_kafka_destroy(client_);
    }
    Brokers(const Brokers&) = delete;
    Brokers& operator=(const Brokers&) = delete;

    platform::KafkaSettings settings() const {
        return {.brokers = rd_kafka_mock_cluster_bootstraps(cluster_)};
    }
    void away() { rd_kafka_mock_broker_set_down(cluster_, 1); }
    void back() { rd_kafka_mock_broker_set_up(cluster_, 1); }

private:
    rd_kafka_t* client_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0);
    rd_kafka_mock_cluster_t* cluster_ = rd_kafka_mock_cluster_new(client_, 1);
};

}  // namespace duel::ingest
