#include "platform/settings.hpp"
#include "platform/shutdown.hpp"
#include "watch/follow.hpp"
#include "watch/options.hpp"

#include <cstdio>
#include <exception>
#include <fmt/format.h>

int main(int argc, char** argv) {
    duel::platform::Shutdown shutdown;
    try {
        const auto options = duel::watch::Options::parse(argc, argv);
        shutdown.catch_signals();
        return duel::watch::follow(options, shutdown);
    } catch (const duel::platform::SettingError& wrong) {
        fmt::print(stderr, "duel-watch: {}\n", wrong.what());
        return 2;
    } catch (const std::exception& failure) {
        fmt::print(stderr, "duel-watch: {}\n", failure.what());
        return 1;
    }
}
