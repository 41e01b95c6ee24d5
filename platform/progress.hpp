#pragma once

// How far a replay has come, as text.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace duel::platform {

struct Progress {
    std::uint64_t events{};
    std::uint64_t refused{};
    std::chrono::milliseconds elapsed{};
    // Part of the input that has been read, 0 to 1. Empty: it has no end.
    std::optional<double> fraction{};
};

// "12345678" as "12,345,678".
std::string grouped(std::uint64_t number);

// "0:07", "12:30", "1:02:03".
std::string clock_text(std::chrono::seconds duration);

// "61,000 events, 47 %, 20,333/s, 0:03 left", and how many were refused when there are any. Rates
// are averages since the start.
std::string text(const Progress& progress);

// The same behind a bar `width` characters wide, for one line of a terminal: "[#####.....] 61,000
// …". Without an end there is no bar.
std::string bar(const Progress& progress, std::size_t width);

}  // namespace duel::platform
