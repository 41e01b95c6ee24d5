#include "core/topics.hpp"

namespace duel {
namespace {

constexpr const char* kForever = "-1";
constexpr const char* kSevenDays = "604800000";
constexpr const char* kOneDay = "86400000";

std::vector<std::pair<std::string, std::string>> kept_for(const char* retention_ms) {
    return {
        {"cleanup.policy", "delete"},
        {"retention.ms", retention_ms},
        {"retention.bytes", kForever},
        {"message.timestamp.type", "LogAppendTime"}};
}

}  // namespace

std::vector<TopicRule> topic_rules(std::optional<int> partitions, std::optional<int> replication) {
    return {
        {"trades", partitions, replication, kept_for(kForever)},
        {"prices", partitions, replication, kept_for(kSevenDays)},
        {"status",
         1,
         replication,
         {{"cleanup.policy", "compact"}, {"message.timestamp.type", "LogAppendTime"}}},
        {"feed", partitions, replication, kept_for(kOneDay)},
        {"dead-letters", 1, replication, kept_for(kForever)}};
}

}  // namespace duel
