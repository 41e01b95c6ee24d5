#pragma once

#include "projector/io/process.hpp"
#include "projector/io/roll.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace duel::projector {

// Keeps this process on the roll of running projectors and tells which shards are its own.
//
// A thread of its own asks Postgres who is there, several times a second. Asking is the sign of
// life, too: a frozen process asks nothing, and the others end its sessions, so that its shards are
// free and nothing that it does afterwards can be committed. Without Postgres the last answer
// stands: whoever is back first must not take everything from those who follow. Thread-safe.
class RollCall {
public:
    RollCall(const Process& process, std::vector<ShardId> shards);

    MemberId member() const { return member_; }

    // Whether the shard belongs to this process. None does before the first answer, nor once the
    // process is asked to stop.
    bool wants(const ShardId& shard) const;

    // How others stand to a shard that is not this process' own; nothing before the first answer.
    struct Elsewhere {
        bool ok;  // somebody sees to it
        std::string reason;
    };
    std::optional<Elsewhere> elsewhere(const ShardId& shard) const;

    // The session that has the shard, as of the last answer.
    std::optional<Holder> holder(const ShardId& shard) const;

private:
    using Clock = std::chrono::steady_clock;

    void run();
    void attend(platform::Heartbeat& heartbeat);
    void look(platform::Connection& connection);
    void dismiss_frozen(platform::Connection& connection, const Roll& roll);
    void share(Roll roll);

    const Process& process_;
    const std::vector<ShardId> shards_;
    const MemberId member_;
    prometheus::Gauge& members_;
    prometheus::Counter& dismissals_;
    std::set<MemberId> suspects_;  // silent at the last look
    std::optional<Clock::time_point> absent_until_;

    mutable std::mutex mutex_;  // of what follows
    std::optional<Roll> roll_;
    std::set<ShardId> own_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace duel::projector
