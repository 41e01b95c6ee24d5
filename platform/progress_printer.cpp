#include "platform/progress_printer.hpp"

#include <cstdio>
#include <fmt/core.h>
#include <unistd.h>

namespace duel::platform {
namespace {

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::milliseconds kLine{5'000};
constexpr std::size_t kBarWidth = 24;
constexpr const char* kClearLine = "\r\x1b[K";

}  // namespace

ProgressPrinter::ProgressPrinter()
    : is_terminal_{isatty(STDERR_FILENO) == 1}, next_{start_ + (is_terminal_ ? kRedraw : kLine)} {}

std::chrono::milliseconds ProgressPrinter::elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_);
}

void ProgressPrinter::show(const Progress& progress) {
    next_ = Clock::now() + (is_terminal_ ? kRedraw : kLine);
    if (!is_terminal_) {
        fmt::print(stderr, "{}\n", text(progress));
        return;
    }
    fmt::print(stderr, "{}{}", kClearLine, bar(progress, kBarWidth));
    std::fflush(stderr);
    has_bar_ = true;
}

void ProgressPrinter::note(std::string_view line) {
    if (has_bar_) fmt::print(stderr, "{}", kClearLine);
    has_bar_ = false;
    fmt::print(stderr, "{}\n", line);
}

}  // namespace duel::platform
