#pragma once

// Which connections a user has, so that nobody holds more than a few. Thread-safe.

#include "wsserver/streams/now.hpp"
#include "wsserver/streams/subscription.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace duel::wsserver {

// When a connection last heard from its client; written by its own thread, read by any.
using LastHeard = std::shared_ptr<std::atomic<Instant::rep>>;

class UserConnections {
public:
    explicit UserConnections(std::size_t most) : most_(most) {}

    // Adds a connection. Where that makes too many, the one that has been idle for longest is taken
    // out and returned: it has to go.
    std::optional<ConnectionId>
    add(const std::string& wallet, ConnectionId who, LastHeard last_heard);
    void remove(const std::string& wallet, ConnectionId who);

private:
    struct One {
        ConnectionId who;
        LastHeard last_heard;
    };

    std::size_t most_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<One>> users_;
};

}  // namespace duel::wsserver
