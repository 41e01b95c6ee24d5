#include "projector/io/commands.hpp"
#include "projector/io/dead_letter_commands.hpp"
#include "projector/io/replay_commands.hpp"

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
    projector::VerifySettings verify;
    auto& verify_command =
        settings.command("verify", "Compares the read model with what the log gives.");
    offer(verify_command, verify);
    projector::RebuildSettings rebuild;
    auto& rebuild_command =
        settings.command("rebuild", "Makes the read model anew from the log, beside the old one.");
    offer(rebuild_command, rebuild);
    projector::AsOfSettings as_of;
    auto& as_of_command = settings.command("as-of", "Shows a contest as it was.");
    offer(as_of_command, as_of);
    projector::VerifyContestSettings verify_contest;
    auto& verify_contest_command = settings.command(
        "verify-contest", "Works out a contest's final standings once more from the log."
    );
    offer(verify_contest_command, verify_contest);
    projector::DeadLetterSettings dead_letters;
    auto& dead_letters_command =
        settings.command("dead-letters", "Lists, shows and replays records that were refused.");
    offer(dead_letters_command, dead_letters);
    projector::CheckSettings check;
    auto& check_command = settings.command(
        "check", "Says of each line of event files what an empty system would make of it."
    );
    offer(check_command, check);
    settings.parse(argc, argv);

    try {
        platform::log::start(common.log, "duel-projector");
        platform::Shutdown shutdown;
        shutdown.catch_signals();
        if (migrate_command.chosen()) return run_migrate(migrate);
        if (run_command.chosen()) return run_shards(common, run, shutdown);
        if (verify_command.chosen()) return run_verify(common, verify, shutdown);
        if (rebuild_command.chosen()) return run_rebuild(common, rebuild, shutdown);
        if (as_of_command.chosen()) return run_as_of(common, as_of, shutdown);
        if (verify_contest_command.chosen())
            return run_verify_contest(common, verify_contest, shutdown);
        if (dead_letters_command.chosen()) return run_dead_letters(common, dead_letters, shutdown);
        if (check_command.chosen()) return run_check(check, shutdown);
    } catch (const platform::SettingError& error) {
        fmt::print(stderr, "duel-projector: {}\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        fmt::print(stderr, "duel-projector: {}\n", error.what());
        return 1;
    }
}
