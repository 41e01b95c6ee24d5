#pragma once

// One line per happening, on standard error.
//
// Text for people, JSON for machines; times are UTC with milliseconds. A reader of standard error
// that stalls loses lines (counted, and said once it reads again) but never stops a program.
// Thread-safe. Before start() lines go out as text at level info.

#include <fmt/core.h>
#include <string>
#include <string_view>

namespace duel::platform {

class Settings;

struct LogSettings {
    enum class Format { text, json };
    enum class Level { trace, debug, info, warn, error, off };

    Format format = Format::text;
    Level level = Level::info;
};

// Adds --log-format (DUEL_LOG_FORMAT) and --log-level (DUEL_LOG_LEVEL).
void offer(Settings& settings, LogSettings& log);

namespace log {

using Level = LogSettings::Level;

void start(const LogSettings& settings, std::string_view program);

bool enabled(Level level);
void write(Level level, fmt::string_view format, fmt::format_args arguments);

template <class... Arguments>
void trace(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (enabled(Level::trace)) write(Level::trace, format, fmt::make_format_args(arguments...));
}

template <class... Arguments>
void debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (enabled(Level::debug)) write(Level::debug, format, fmt::make_format_args(arguments...));
}

template <class... Arguments>
void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (enabled(Level::info)) write(Level::info, format, fmt::make_format_args(arguments...));
}

template <class... Arguments>
void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (enabled(Level::warn)) write(Level::warn, format, fmt::make_format_args(arguments...));
}

template <class... Arguments>
void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (enabled(Level::error)) write(Level::error, format, fmt::make_format_args(arguments...));
}

}  // namespace log
}  // namespace duel::platform
