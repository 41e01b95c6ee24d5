#include "platform/shutdown.hpp"
#include "watch/follow.hpp"
#include "watch/options.hpp"

#include <cstdio>
#include <exception>
#include <fmt/format.h>

int main(int argc, char** argv) {
    duel::platform::Shutdown shutdown;
    const auto options = duel::watch::Options::parse(argc, argv);
    try {
        shutdown.catch_signals();
        return duel::watch::follow(options, shutdown);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "duel-watch: {}\n", failure.what());
        return 1;
    }
}
