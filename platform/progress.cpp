#include "platform/progress.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace duel::platform {
namespace {

double seconds(std::chrono::milliseconds duration) {
    return std::chrono::duration<double>{duration}.count();
}

// Linear extrapolation says little in the first moments: then there is no estimate.
std::optional<std::chrono::seconds> remaining(const Progress& progress) {
    if (!progress.fraction || *progress.fraction < 0.001 || seconds(progress.elapsed) < 0.5)
        return std::nullopt;
    const double left = seconds(progress.elapsed) * (1.0 / *progress.fraction - 1.0);
    return std::chrono::seconds{std::llround(std::max(0.0, left))};
}

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t end = digits.size(); end > 3; end -= 3)
        digits.insert(end - 3, 1, ',');
    return digits;
}

std::string clock_text(std::chrono::seconds duration) {
    const auto total = duration.count();
    if (total >= 3600)
        return fmt::format("{}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
    return fmt::format("{}:{:02}", total / 60, total % 60);
}

std::string text(const Progress& progress) {
    std::string line = fmt::format("{} events", grouped(progress.events));
    if (progress.fraction) line += fmt::format(", {:.0f} %", std::floor(*progress.fraction * 100));
    if (progress.elapsed.count() > 0) {
        const double rate = static_cast<double>(progress.events) / seconds(progress.elapsed);
        line += fmt::format(", {}/s", grouped(static_cast<std::uint64_t>(rate)));
    }
    if (const auto left = remaining(progress)) line += fmt::format(", {} left", clock_text(*left));
    if (progress.refused > 0) line += fmt::format(", {} refused", grouped(progress.refused));
    return line;
}

std::string bar(const Progress& progress, std::size_t width) {
    if (!progress.fraction) return text(progress);
    const double share = std::clamp(*progress.fraction, 0.0, 1.0);
    const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
    return fmt::format("[{:#>{}}{:.>{}}] {}", "", full, "", width - full, text(progress));
}

}  // namespace duel::platform
