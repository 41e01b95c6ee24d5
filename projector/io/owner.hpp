#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/io/meters.hpp"
#include "projector/io/model.hpp"
#include "projector/io/process.hpp"
#include "projector/io/roll_call.hpp"
#include "projector/rules/shard.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace duel::projector {

// Looks after one shard for as long as the process lives: takes it when it falls to this process,
// projects it until it falls to another, and begins again from what Postgres says after anything
// that went wrong. One thread.
class Owner {
public:
    Owner(const Process& process, const RollCall& roll_call, const ShardId& shard);

    // Returns when the process is asked to stop.
    void run();

private:
    void stand_by();
    void own();
    bool lock(platform::Connection& connection);
    ShardPosition take(platform::Connection& connection, const Model& model);
    void project(platform::Connection& connection, const Model& model);
    void halt(const std::string& reason);
    void stumble(const std::string& reason);
    void pause(std::chrono::milliseconds longest);

    const Process& process_;
    const RollCall& roll_call_;
    ShardId shard_;
    std::string condition_;  // its name in Health
    std::shared_ptr<platform::Heartbeat> heartbeat_;
    Meters meters_;
    int probe_batches_{0};  // so many batches look every id up: old ones have come again
    std::string last_halt_;
    std::string last_stumble_;
    std::optional<std::chrono::steady_clock::time_point> working_since_;
};

}  // namespace duel::projector
