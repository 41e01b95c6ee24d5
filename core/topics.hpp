#pragma once

// What every Kafka topic looks like: the one table that creates and checks them.
//
// `trades` is the record of what happened and is kept for good. `prices` is kept for a week, `feed`
// for a day (a reader that was away for longer takes a snapshot). `status` keeps the newest record
// of each source, `dead-letters` everything. All carry the broker's time: what is accepted is
// decided by the order of the log, never by a producer's clock.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace duel {

struct TopicRule {
    std::string name;
    std::optional<int> partitions{};                             // empty: any number will do
    std::optional<int> replication{};                            // empty: any number will do
    std::vector<std::pair<std::string, std::string>> configs{};  // only what must hold
};

// The topics with so many partitions and copies; `status` and `dead-letters` always have one
// partition. A program that only reads passes neither: it takes what it finds.
std::vector<TopicRule> topic_rules(
    std::optional<int> partitions = std::nullopt,
    std::optional<int> replication = std::nullopt
);

}  // namespace duel
