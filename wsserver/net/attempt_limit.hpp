#pragma once

// How often somebody may try to connect: at most so many attempts in any minute.
//
// Exact: the times of the last attempts are kept per key. Refused attempts count as none, so that a
// client that keeps trying gets through as soon as its minute has passed. Thread-safe; memory is
// bounded by forgetting keys without attempts in the last minute.

#include "wsserver/streams/now.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace duel::wsserver {

class AttemptLimit {
public:
    static constexpr Duration kWindow = std::chrono::minutes{1};

    // `most` 0: no limit.
    explicit AttemptLimit(std::size_t most) : most_(most) {}

    // Counts an attempt; or says how long to wait, where there were too many.
    std::optional<std::chrono::seconds> attempt(const std::string& key, Instant now);

private:
    void forget_old(Instant now);

    std::size_t most_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::deque<Instant>> attempts_;
    Instant next_cleaning_{};
};

}  // namespace duel::wsserver
