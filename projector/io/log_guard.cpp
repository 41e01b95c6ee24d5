#include "projector/io/log_guard.hpp"

#include "platform/log.hpp"
#include "projector/io/log_check.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookAtLog = 500ms;  // four times; the reader's heartbeat waits for it

}  // namespace

LogGuard::LogGuard(
    platform::KafkaSettings kafka,
    std::string name,
    const Offsets& from,
    const LogMarks& marks
)
    : kafka_{std::move(kafka)}, name_{std::move(name)} {
    for (const auto& [id, offset] : from) {
        const auto found = marks.find(id);
        const auto mark = found == marks.end() ? std::nullopt : std::optional{found->second};
        partitions_.push_back({id, offset, mark, offset, mark});
    }
}

bool LogGuard::may_hand_over(std::uint64_t interruptions) {
    if (interruptions != interruptions_) {
        if (!is_same_log()) return false;
        interruptions_ = interruptions;
    }
    for (Partition& partition : partitions_) {
        partition.known = partition.noted;
        partition.known_mark = partition.noted_mark;
    }
    return true;
}

bool LogGuard::is_same_log() {
    Offsets offsets;
    LogMarks marks;
    for (const Partition& partition : partitions_) {
        offsets[partition.id] = partition.known;
        if (partition.known_mark) marks[partition.id] = *partition.known_mark;
    }
    try {
        auto checker = make_checker(kafka_);
        const auto logs = look_at_log(checker, offsets, marks, kLookAtLog);
        for (const Partition& partition : partitions_) {
            const auto what =
                difference(partition.known, partition.known_mark, logs.at(partition.id));
            if (what)
                throw LogMismatch(
                    fmt::format("{}/{}: {}", text(partition.id.first), partition.id.second, *what)
                );
        }
    } catch (const platform::KafkaError& error) {
        platform::log::debug("{}: cannot look at the log: {}", name_, error.what());
        return false;
    }
    return true;
}

}  // namespace duel::projector
