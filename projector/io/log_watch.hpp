#pragma once

#include "projector/io/log_check.hpp"
#include "projector/io/process.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace duel::projector {

// Looks every second whether the partitions that this process reads still begin with the records
// that its shards began with.
//
// Kafka's fetches go by names: where a topic is deleted and made anew while somebody reads it, and
// fills up quickly, the reader goes on in the new one and nothing shows. What was read until it
// shows here is committed, but the first records still tell, so the shard halts for good.
// Thread-safe.
class LogWatch {
public:
    explicit LogWatch(const Process& process);

    // Watches these from now on; what was found of those partitions before is forgotten.
    void watch(const Offsets& offsets, const LogMarks& marks);

    // Throws LogMismatch where one of them was found to be another log.
    void require_same(const Offsets& offsets) const;

private:
    using Partition = std::pair<Topic, std::int32_t>;

    void run();
    void look(platform::Consumer& checker);

    const Process& process_;
    std::atomic<bool> any_differs_{false};
    mutable std::mutex mutex_;  // of what follows
    LogMarks marks_;
    std::map<Partition, std::string> differing_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace duel::projector
