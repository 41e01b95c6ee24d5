// The commands about the topics themselves: topics and serve.

#include "ingest/io/commands.hpp"
#include "ingest/io/ingest_metrics.hpp"
#include "platform/topics.hpp"

#include <fmt/format.h>

namespace duel::ingest {
namespace {

using namespace std::chrono_literals;

constexpr int kDone = 0;
constexpr int kInterrupted = 130;
constexpr auto kLookEvery = 5s;
constexpr auto kLongestLook = 4s;

// How the topics stand now, as conditions of readiness.
void look(platform::Admin& admin, const std::vector<TopicRule>& rules, platform::Health& health) {
    try {
        const auto report = platform::check_topics(admin, rules, kLongestLook);
        health.set("kafka", true);
        if (!report.missing.empty())
            health.set("topics", false, report.missing.front() + " is missing");
        else if (!report.different.empty())
            health.set("topics", false, text(report.different.front()));
        else
            health.set("topics", true);
    } catch (const platform::KafkaError& error) {
        health.set("kafka", false, error.what());
    }
}

}  // namespace

int run_topics(const CommonSettings& common, const platform::Shutdown& shutdown) {
    platform::Admin admin{common.kafka};
    const auto rules = topic_rules(common.partitions, common.replication);
    using platform::MissingTopics;
    using platform::Refused;
    if (!await_topics(admin, rules, MissingTopics::create, Refused::end, shutdown))
        return kInterrupted;
    for (const TopicRule& rule : rules)
        fmt::print("{}: as it should be\n", rule.name);
    return kDone;
}

int run_serve(const CommonSettings& common, const platform::Shutdown& shutdown) {
    IngestMetrics metrics;
    platform::Health health;
    health.expect("kafka");
    health.expect("topics");
    const platform::HttpServer http{common.http, metrics.all(), health};

    platform::Admin admin{common.kafka};
    const auto rules = topic_rules(common.partitions, common.replication);
    const auto why = [&](const std::string& reason) { health.set("kafka", false, reason); };
    using platform::MissingTopics;
    using platform::Refused;
    if (!await_topics(admin, rules, MissingTopics::create, Refused::wait, shutdown, why))
        return kDone;
    platform::log::info("ready: the topics are as they should be");
    do
        look(admin, rules, health);
    while (!shutdown.wait_for(kLookEvery));
    platform::log::info("stopped");
    return kDone;
}

}  // namespace duel::ingest
