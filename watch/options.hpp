#pragma once

#include "watch/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace duel::watch {

// How messages are shown.
enum class Form {
    lines,  // one readable line a message
    json,   // every message as it came, one a line
    board,  // a leaderboard, redrawn
};

// What the command line and the environment asked for.
struct Options {
    std::vector<Endpoint> endpoints;
    Server server;
    std::string ca_file;
    std::string token;
    Wishes wishes;
    std::vector<std::string> since;
    Form form = Form::lines;
    std::vector<std::string> hints;
    std::optional<std::chrono::milliseconds> longest;    // end after that time
    std::optional<std::uint64_t> most;                   // end after that many messages
    std::optional<std::chrono::milliseconds> cut_every;  // cut the own connection that often

    // Ends the process after --help (0) and a wrong setting (2); throws platform::SettingError
    // where settings are fine one by one but not together.
    static Options parse(int argc, const char* const* argv);
};

// Which of these cursors belong to the endpoint; unreadable ones do, so that the server can say so.
std::vector<std::string>
cursors_for(const Endpoint& endpoint, const std::vector<std::string>& cursors);

}  // namespace duel::watch
