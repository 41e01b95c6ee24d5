#pragma once

// Whether the topics that are there are the topics that a program relies on.
//
// A topic that is set up otherwise is never changed by itself: another retention may already have
// cost records, another number of partitions moves keys. It is refused, with everything that
// differs.

#include "core/topics.hpp"
#include "platform/kafka/admin.hpp"
#include "platform/shutdown.hpp"

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace duel::platform {

struct TopicDifference {
    std::string topic;
    std::string what;  // "partitions", "replication" or the name of a configuration
    std::string found;
    std::string wanted;

    friend bool operator==(const TopicDifference&, const TopicDifference&) = default;
};

// "trades: retention.ms is 604800000, wanted -1"
std::string text(const TopicDifference& difference);

// What a topic has otherwise than its rule wants; nothing when it fits.
std::vector<TopicDifference> differences(const TopicDescription& found, const TopicRule& rule);

struct TopicReport {
    std::vector<std::string> created;
    std::vector<std::string> missing;
    std::vector<TopicDifference> different;

    bool fits() const { return missing.empty() && different.empty(); }
};

// Looks once. KafkaError where the brokers do not answer in time.
TopicReport
check_topics(Admin& admin, const std::vector<TopicRule>& rules, std::chrono::milliseconds longest);

// The same after making the topics that are missing; a rule without a number of partitions or
// copies makes one.
TopicReport
ensure_topics(Admin& admin, const std::vector<TopicRule>& rules, std::chrono::milliseconds longest);

// Topics are set up otherwise; what() has a line for each difference.
struct TopicsRefused : std::runtime_error {
    explicit TopicsRefused(const std::vector<TopicDifference>& differences);
};

enum class MissingTopics { create, wait_for };

// What to do where the brokers refuse us (KafkaError::is_refusal): a server waits until somebody
// has changed that, a command that a person called says so and ends.
enum class Refused { wait, end };

// For the start of a program: waits with back-off until the brokers are there and the topics with
// them; logs once why it waits and tells `on_waiting` (may be empty) the same reason. False when
// the program was asked to stop meanwhile. Throws TopicsRefused; KafkaError for a refusal that ends
// it.
bool await_topics(
    Admin& admin,
    const std::vector<TopicRule>& rules,
    MissingTopics missing,
    Refused refused,
    const Shutdown& shutdown,
    const std::function<void(const std::string& reason)>& on_waiting = {}
);

}  // namespace duel::platform
