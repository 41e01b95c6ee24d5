#pragma once

// What the main of every program here does: settings, log, and one place where failures end.

#include "platform/log.hpp"

#include <cstdio>
#include <exception>
#include <fmt/format.h>

namespace duel::bench {

// The exit code. `parse` makes the options of argc and argv, `run` measures with them.
template <class Parse, class Run>
int run_main(const char* program, int argc, char** argv, Parse parse, Run run) {
    const auto options = parse(argc, argv);
    platform::log::start({.level = platform::LogSettings::Level::warn}, "bench");
    try {
        run(options);
        return 0;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}: {}\n", program, failure.what());
        return 1;
    }
}

}  // namespace duel::bench
