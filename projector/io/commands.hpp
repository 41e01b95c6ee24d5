#pragma once

#include "platform/shutdown.hpp"
#include "projector/io/settings.hpp"

// What duel-projector does; each returns the exit status of the process.
namespace duel::projector {

// Brings the database's tables, views and roles up to date.
int run_migrate(const MigrateSettings& settings);

// Projects every shard that it can take, until it is asked to stop.
int run_shards(
    const CommonSettings& common,
    const RunSettings& settings,
    const platform::Shutdown& shutdown
);

// Says for each line of event files what an empty system would make of it, after the lines before.
int run_check(const CheckSettings& check, const platform::Shutdown& shutdown);

}  // namespace duel::projector
