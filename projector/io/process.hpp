#pragma once

#include "platform/health.hpp"
#include "platform/metrics.hpp"
#include "platform/shutdown.hpp"
#include "projector/io/settings.hpp"

#include <cstdint>
#include <string>

namespace duel::projector {

class SharedPrices;

// What all shards of a process share.
struct Process {
    const CommonSettings& common;
    const RunSettings& settings;
    const platform::Shutdown& shutdown;
    platform::Health& health;
    platform::Metrics& metrics;
    std::string name;  // of this owner, in the table `shards`
    std::int32_t price_partitions{0};
    std::int32_t feed_partitions{1};
    SharedPrices* prices{nullptr};
};

}  // namespace duel::projector
