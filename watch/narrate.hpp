#pragma once

#include "watch/message.hpp"

#include <string>

namespace duel::watch {

// The essentials of a message in one line, for a person: `TRADE_EXECUTED portfolio:c1  buy 2 SOL @
// 142.1`. Leaderboards show their first rows; unknown types show their JSON. No line feed.
std::string narrate(const Message& message);

}  // namespace duel::watch
