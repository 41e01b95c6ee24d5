#include "projector/io/commands.hpp"

#include <cstdio>
#include <exception>
#include <fmt/core.h>

// duel-projector: turns the log into portfolios and leaderboards in Postgres, and into the feed.
int main(int argc, char** argv) {
    namespace platform = duel::platform;
    namespace projector = duel::projector;
    projector::CommonSettings common;
    projector::MigrateSettings migrate;
    projector::RunSettings run;

    platform::Settings settings{
        "duel-projector", "Turns the log into portfolios and leaderboards in Postgres."};
    offer(settings, common);
    auto& migrate_command = settings.command("migrate", "Brings the database up to date.");
    offer(migrate_command, migrate);
    auto& run_command = settings.command("run", "Projects the shards it can take until stopped.");
    offer(run_command, run);
    settings.parse(argc, argv);

    try {
        platform::log::start(common.log, "duel-projector");
        platform::Shutdown shutdown;
        shutdown.catch_signals();
        if (migrate_command.chosen()) return run_migrate(migrate);
        if (run_command.chosen()) return run_shards(common, run, shutdown);
    } catch (const std::exception& error) {
        fmt::print(stderr, "duel-projector: {}\n", error.what());
        return 1;
    }
}
