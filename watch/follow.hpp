#pragma once

#include "platform/shutdown.hpp"
#include "watch/options.hpp"

namespace duel::watch {

// Follows every endpoint of the options until the wish to stop, the time or the count is reached,
// or no endpoint can go on. The exit status: 1 where a message was lost, repeated or out of order,
// or where the server was never reached or refused us for good; otherwise 0.
int follow(const Options& options, const platform::Shutdown& shutdown);

}  // namespace duel::watch
