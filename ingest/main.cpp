#include "event_files/check_lines.hpp"
#include "ingest/io/commands.hpp"
#include "ingest/io/exchange_commands.hpp"

#include <cstdio>
#include <exception>
#include <fmt/core.h>

// duel-ingest: writes events to Kafka, from exchanges, recordings or a simulation, and looks after
// the topics.
int main(int argc, char** argv) {
    namespace event_files = duel::event_files;
    namespace ingest = duel::ingest;
    namespace platform = duel::platform;
    ingest::CommonSettings common;
    ingest::ReplaySettings replay;
    ingest::SimulateSettings simulate;
    ingest::DumpSettings dump;
    event_files::CheckSettings check;
    ingest::FramesSettings frames;
    ingest::ExchangesSettings exchanges;
    ingest::AnnounceSettings announce;

    platform::Settings settings{
        "duel-ingest",
        "Writes trades and price ticks to Kafka, from exchanges, recordings or a simulation."};
    offer(settings, common);
    auto& topics_command = settings.command("topics", "Creates the topics, or checks them.");
    auto& replay_command = settings.command("replay", "Sends event files and recordings.");
    offer(replay_command, replay);
    auto& simulate_command =
        settings.command("simulate", "Sends a simulated market and a contest of bots.");
    offer(simulate_command, simulate);
    auto& dump_command = settings.command("dump", "Writes what the topics hold as an event file.");
    offer(dump_command, dump);
    auto& check_command =
        settings.command("check", "Says of each line of event files whether it would be taken.");
    offer(check_command, check);
    auto& exchanges_command =
        settings.command("exchanges", "Sends the ticks of live exchanges until stopped.");
    offer(exchanges_command, exchanges);
    auto& frames_command =
        settings.command("frames", "Prints the ticks of an exchange's recorded messages.");
    offer(frames_command, frames);
    auto& announce_command =
        settings.command("announce", "Tells every client how the service stands.");
    offer(announce_command, announce);
    auto& serve_command = settings.command(
        "serve", "Looks after the topics until stopped; ready and metrics say how."
    );
    settings.parse(argc, argv);

    try {
        platform::log::start(common.log, "duel-ingest");
        platform::Shutdown shutdown;
        shutdown.catch_signals();
        if (topics_command.chosen()) return run_topics(common, shutdown);
        if (replay_command.chosen()) return run_replay(common, replay, shutdown);
        if (simulate_command.chosen()) return run_simulate(common, simulate, shutdown);
        if (dump_command.chosen()) return run_dump(common, dump, shutdown);
        if (check_command.chosen())
            return event_files::check_lines(check, shutdown, event_files::by_itself);
        if (exchanges_command.chosen()) return run_exchanges(common, exchanges, shutdown);
        if (announce_command.chosen()) return run_announce(common, announce, shutdown);
        if (frames_command.chosen()) return run_frames(frames, shutdown);
        if (serve_command.chosen()) return run_serve(common, shutdown);
    } catch (const platform::SettingError& error) {
        fmt::print(stderr, "duel-ingest: {}\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        fmt::print(stderr, "duel-ingest: {}\n", error.what());
        return 1;
    }
}
