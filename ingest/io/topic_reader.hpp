#pragma once

// All records of some topics as they stand now, merged in the order in which the log took them.

#include "platform/kafka/consumer.hpp"
#include "platform/shutdown.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace duel::ingest {

// The order is that of the projector: log time, topic, partition, offset. Records that are appended
// after the start are not part of it. Broker away: it waits.
class TopicReader {
public:
    // Partitions: empty for all. Throws std::runtime_error for a topic or partition that is not
    // there, KafkaError where the brokers do not answer.
    TopicReader(
        const platform::KafkaSettings& kafka,
        const std::vector<std::string>& topics,
        const std::vector<std::int32_t>& partitions,
        const platform::Shutdown& shutdown
    );

    // The next record; nothing at the end, or once stopping was asked for. Throws
    // std::runtime_error when the log lost records meanwhile (retention).
    std::optional<platform::Record> next();

    // Records between start and end offsets, an upper bound of what next() gives.
    std::uint64_t total() const { return total_; }

private:
    // One partition that is not read to its end yet.
    struct Lane {
        platform::PartitionReader* reader;
        std::int64_t end;
        std::vector<platform::Record> fetched{};
        std::size_t given{0};  // of them

        const platform::Record& head() const { return fetched[given]; }
        bool is_empty() const { return given == fetched.size(); }
        bool is_over() const;
    };

    bool fetch();

    const platform::Shutdown& shutdown_;
    platform::Consumer consumer_;
    std::vector<Lane> lanes_;
    std::uint64_t total_{0};
};

}  // namespace duel::ingest
