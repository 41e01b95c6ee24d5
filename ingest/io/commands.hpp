#pragma once

// What duel-ingest does, one function a command. Each returns the exit status: 0 fine, 1 failed,
// 3 lines were refused, 130 interrupted before the end. A broken environment is an exception.

#include "ingest/io/settings.hpp"
#include "platform/shutdown.hpp"

namespace duel::ingest {

// Creates the topics that are missing and checks all of them.
int run_topics(const CommonSettings& common, const platform::Shutdown& shutdown);

// Sends event files and recordings to Kafka.
int run_replay(
    const CommonSettings& common,
    const ReplaySettings& replay,
    const platform::Shutdown& shutdown
);

// Prints "contest: ID" on standard output, then sends a simulated market and contest. Interrupted,
// it completes the contest: that is the normal end of one without --minutes, so its status is 0.
int run_simulate(
    const CommonSettings& common,
    const SimulateSettings& simulate,
    const platform::Shutdown& shutdown
);

// Writes what is in the topics now as an event file.
int run_dump(
    const CommonSettings& common,
    const DumpSettings& dump,
    const platform::Shutdown& shutdown
);

// Keeps an eye on the topics until it is stopped, and is ready while they are as they should be.
int run_serve(const CommonSettings& common, const platform::Shutdown& shutdown);

}  // namespace duel::ingest
