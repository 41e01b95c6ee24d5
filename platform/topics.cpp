#include "platform/topics.hpp"

#include "platform/backoff.hpp"
#include "platform/log.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace duel::platform {
namespace {

constexpr std::chrono::milliseconds kLongestCall{10'000};

std::vector<std::string> names_of(const std::vector<TopicRule>& rules) {
    std::vector<std::string> names;
    names.reserve(rules.size());
    for (const TopicRule& rule : rules)
        names.push_back(rule.name);
    return names;
}

std::string refusal(const std::vector<TopicDifference>& differences) {
    std::string lines = "topics are set up otherwise than this program needs:";
    for (const TopicDifference& difference : differences)
        lines += "\n  " + text(difference);
    return lines;
}

}  // namespace

std::string text(const TopicDifference& difference) {
    return fmt::format(
        "{}: {} is {}, wanted {}",
        difference.topic,
        difference.what,
        difference.found,
        difference.wanted
    );
}

std::vector<TopicDifference> differences(const TopicDescription& found, const TopicRule& rule) {
    std::vector<TopicDifference> all;
    const auto compare = [&](const std::string& what, std::string is, std::string wanted) {
        if (is != wanted) all.push_back({rule.name, what, std::move(is), std::move(wanted)});
    };
    if (rule.partitions)
        compare("partitions", std::to_string(found.partitions), std::to_string(*rule.partitions));
    if (rule.replication)
        compare(
            "replication", std::to_string(found.replication), std::to_string(*rule.replication)
        );
    for (const auto& [name, wanted] : rule.configs) {
        const auto config = found.configs.find(name);
        compare(name, config == found.configs.end() ? "not set" : config->second, wanted);
    }
    return all;
}

TopicReport
check_topics(Admin& admin, const std::vector<TopicRule>& rules, std::chrono::milliseconds longest) {
    const std::vector<TopicDescription> found = admin.describe(names_of(rules), longest);
    TopicReport report;
    for (const TopicRule& rule : rules) {
        const auto topic = std::ranges::find(found, rule.name, &TopicDescription::name);
        if (topic == found.end()) {
            report.missing.push_back(rule.name);
            continue;
        }
        std::ranges::move(differences(*topic, rule), std::back_inserter(report.different));
    }
    return report;
}

TopicReport ensure_topics(
    Admin& admin,
    const std::vector<TopicRule>& rules,
    std::chrono::milliseconds longest
) {
    TopicReport before = check_topics(admin, rules, longest);
    if (before.missing.empty() || !before.different.empty()) return before;

    std::vector<TopicSpec> wanted;
    for (const TopicRule& rule : rules) {
        if (std::ranges::find(before.missing, rule.name) == before.missing.end()) continue;
        wanted.push_back(
            {rule.name,
             rule.partitions.value_or(1),
             rule.replication.value_or(1),
             {rule.configs.begin(), rule.configs.end()}}
        );
    }
    std::vector<std::string> created = admin.create(wanted, longest);
    TopicReport after = check_topics(admin, rules, longest);
    after.created = std::move(created);
    return after;
}

TopicsRefused::TopicsRefused(const std::vector<TopicDifference>& differences)
    : std::runtime_error{refusal(differences)} {}

bool await_topics(
    Admin& admin,
    const std::vector<TopicRule>& rules,
    MissingTopics missing,
    Refused refused,
    const Shutdown& shutdown,
    const std::function<void(const std::string& reason)>& on_waiting
) {
    Backoff backoff{{.cap = std::chrono::milliseconds{2'000}}};
    std::string said;
    while (!shutdown.requested()) {
        std::string reason;
        try {
            const TopicReport report = missing == MissingTopics::create
                                           ? ensure_topics(admin, rules, kLongestCall)
                                           : check_topics(admin, rules, kLongestCall);
            if (!report.different.empty()) throw TopicsRefused{report.different};
            if (!report.created.empty())
                log::info("topics created: {}", fmt::join(report.created, ", "));
            if (report.missing.empty()) return true;
            reason = fmt::format(
                "topics are missing: {}; duel-ingest topics creates them",
                fmt::join(report.missing, ", ")
            );
        } catch (const KafkaError& error) {
            if (refused == Refused::end && error.is_refusal()) throw;
            reason = error.what();
        }
        if (reason != said) {
            log::warn("waiting for Kafka: {}", reason);
            if (on_waiting) on_waiting(reason);
            said = reason;
        }
        shutdown.wait_for(backoff.next());
    }
    return false;
}

}  // namespace duel::platform
