#pragma once

#include "watch/mirror.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace duel::watch {

// How a leaderboard is drawn.
struct BoardLook {
    bool colour = false;
    std::size_t width = 100;         // characters; longer lines are cut
    std::size_t height = 40;         // lines, hints included; the last ranks give way
    std::string connection;          // `live`, `reconnecting in 2 s`
    std::vector<std::string> hints;  // lines under the board
};

// The board of one contest: a line about the contest, a table of the ranking, the hints.
//
// Values are rounded for the eye; last trades are in event time, as the contest lives in it.
std::string board_screen(const Mirror& mirror, std::string_view contest, const BoardLook& look);

// The same in one line, for where nothing can be redrawn. Empty before the first leaderboard.
std::string board_line(const Mirror& mirror, std::string_view contest);

}  // namespace duel::watch
