#include "platform/topics.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::platform;

namespace {

// The topic that a rule describes, as the brokers would tell of it.
TopicDescription made_by(const TopicRule& rule) {
    return {
        rule.name,
        rule.partitions.value_or(3),
        rule.replication.value_or(2),
        {rule.configs.begin(), rule.configs.end()}};
}

std::vector<std::string> texts(const TopicDescription& found, const TopicRule& rule) {
    std::vector<std::string> lines;
    for (const TopicDifference& difference : differences(found, rule))
        lines.push_back(text(difference));
    return lines;
}

TopicRule trades_rule() {
    return topic_rules(4, 1).front();
}

}  // namespace

TEST_CASE("topics that were made by their rules fit them", "[topics]") {
    for (const TopicRule& rule : topic_rules(4, 1))
        REQUIRE(texts(made_by(rule), rule).empty());
    for (const TopicRule& rule : topic_rules())
        REQUIRE(texts(made_by(rule), rule).empty());
}

TEST_CASE("everything that differs is said: found and wanted", "[topics]") {
    TopicDescription found = made_by(trades_rule());
    found.partitions = 8;
    found.replication = 3;
    found.configs["retention.ms"] = "604800000";
    found.configs.erase("cleanup.policy");
    REQUIRE(
        texts(found, trades_rule()) ==
        std::vector<std::string>{
            "trades: partitions is 8, wanted 4",
            "trades: replication is 3, wanted 1",
            "trades: cleanup.policy is not set, wanted delete",
            "trades: retention.ms is 604800000, wanted -1"}
    );
}

TEST_CASE("a program that only reads takes any number of partitions", "[topics]") {
    TopicDescription found = made_by(trades_rule());
    found.partitions = 64;
    REQUIRE(texts(found, topic_rules().front()).empty());
}

TEST_CASE("a refusal lists every difference", "[topics]") {
    const TopicsRefused refusal{
        {{"trades", "partitions", "8", "4"}, {"feed", "retention.ms", "1", "2"}}};
    REQUIRE_THAT(
        refusal.what(),
        Catch::Contains("trades: partitions is 8, wanted 4") &&
            Catch::Contains("feed: retention.ms is 1, wanted 2")
    );
}
