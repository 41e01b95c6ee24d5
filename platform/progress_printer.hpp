#pragma once

// Shows progress on standard error: a bar redrawn in place on a terminal, a line every few seconds
// otherwise.

#include "platform/progress.hpp"

#include <chrono>
#include <string_view>

namespace duel::platform {

class ProgressPrinter {
public:
    using Clock = std::chrono::steady_clock;

    ProgressPrinter();

    // Is it time to show something new? Cheap.
    bool is_due() const { return Clock::now() >= next_; }
    std::chrono::milliseconds elapsed() const;

    void show(const Progress& progress);

    // A line of its own above the bar.
    void note(std::string_view line);

private:
    bool is_terminal_;
    bool has_bar_{false};
    Clock::time_point start_{Clock::now()};
    Clock::time_point next_;
};

}  // namespace duel::platform
