#pragma once

// Makes topics and tells how they are set up. Every call asks the brokers and waits `longest` at
// most; KafkaError where they do not answer in time or refuse.

#include "platform/kafka/client.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace duel::platform {

struct TopicSpec {
    std::string name;
    std::int32_t partitions = 1;
    std::int32_t replication = 1;
    std::map<std::string, std::string> configs = {};
};

struct TopicDescription {
    std::string name;
    std::int32_t partitions = 0;
    std::int32_t replication = 0;
    std::map<std::string, std::string> configs = {};  // all of them, defaults too
};

class Admin {
public:
    explicit Admin(const KafkaSettings& kafka, KafkaStateHook on_state = {});
    ~Admin();

    // Names of those it made; topics that are there already are left as they are.
    std::vector<std::string>
    create(const std::vector<TopicSpec>& topics, std::chrono::milliseconds longest);

    // Those of the named topics that exist.
    std::vector<TopicDescription>
    describe(const std::vector<std::string>& topics, std::chrono::milliseconds longest);

    // All topics but Kafka's own.
    std::vector<std::string> list(std::chrono::milliseconds longest);

    // Deletes them with their records; unknown ones are no error. For tests and fresh starts.
    void remove(const std::vector<std::string>& topics, std::chrono::milliseconds longest);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace duel::platform
