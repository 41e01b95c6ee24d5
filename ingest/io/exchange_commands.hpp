#pragma once

// What duel-ingest does with exchanges, one function a command; exit statuses as in commands.hpp.

#include "ingest/io/exchange_settings.hpp"
#include "platform/shutdown.hpp"

namespace duel::ingest {

// Prints the ticks of recorded frames on standard output, and what became of the others on
// standard error.
int run_frames(const FramesSettings& settings, const platform::Shutdown& shutdown);

// Sends the ticks of live exchanges to Kafka until it is stopped, and says how the exchanges stand.
int run_exchanges(
    const CommonSettings& common,
    const ExchangesSettings& settings,
    const platform::Shutdown& shutdown
);

// Tells every client how the service stands.
int run_announce(
    const CommonSettings& common,
    const AnnounceSettings& announce,
    const platform::Shutdown& shutdown
);

}  // namespace duel::ingest
