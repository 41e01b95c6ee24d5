#pragma once

#include "platform/health.hpp"
#include "platform/postgres.hpp"
#include "platform/shutdown.hpp"
#include "projector/io/control.hpp"
#include "projector/io/meters.hpp"
#include "projector/io/model.hpp"
#include "projector/io/settings.hpp"
#include "projector/rules/shard.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace duel::projector {

// What all shards of a process share.
struct Process {
    const CommonSettings& common;
    const RunSettings& settings;
    const platform::Shutdown& shutdown;
    platform::Health& health;
    platform::Metrics& metrics;
    std::string name;  // of this owner, in the table `shards`
    std::int32_t price_partitions{0};
};

// Looks after one shard for as long as the process lives: takes it when it is free, projects it,
// and begins again from what Postgres says after anything that went wrong. One thread.
class Owner {
public:
    Owner(const Process& process, const ShardId& shard);

    // Returns when the process is asked to stop.
    void run();

private:
    void own();
    void project(platform::Connection& connection, const Model& model);
    void halt(const std::string& reason);
    void stumble(const std::string& reason);

    const Process& process_;
    ShardId shard_;
    std::string condition_;  // its name in Health
    Meters meters_;
    int probe_batches_{0};  // so many batches look every id up: old ones have come again
    std::string last_stumble_;
    std::optional<std::chrono::steady_clock::time_point> working_since_;
};

}  // namespace duel::projector
