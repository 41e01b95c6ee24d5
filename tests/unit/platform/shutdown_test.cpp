#include "platform/shutdown.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace duel::platform;
using namespace std::chrono_literals;

namespace {

// Exit status of a child that runs `body`, or 128 + signal.
template <class Body>
int status_of_child(Body body) {
    pid_t child = fork();
    if (child == 0) {
        body();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("a request ends every wait and stays", "[shutdown]") {
    Shutdown shutdown;
    REQUIRE_FALSE(shutdown.wait_for(1ms));
    std::thread other([&] {
        std::this_thread::sleep_for(20ms);
        shutdown.request();
    });
    auto begun = std::chrono::steady_clock::now();
    REQUIRE(shutdown.wait_for(10s));
    REQUIRE(std::chrono::steady_clock::now() - begun < 5s);
    other.join();
    pollfd waiting{.fd = shutdown.fd(), .events = POLLIN, .revents = 0};
    REQUIRE(poll(&waiting, 1, 0) == 1);
    REQUIRE(poll(&waiting, 1, 0) == 1);
    REQUIRE(shutdown.requested());
    REQUIRE(shutdown.flag());
}

TEST_CASE("SIGTERM and a first SIGINT ask, a second SIGINT ends", "[shutdown]") {
    auto drains = [](int signal) {
        return status_of_child([signal] {
            Shutdown shutdown;
            shutdown.catch_signals();
            raise(signal);
            _exit(shutdown.wait_for(5s) ? 17 : 18);
        });
    };
    REQUIRE(drains(SIGTERM) == 17);
    REQUIRE(drains(SIGINT) == 17);
    REQUIRE(status_of_child([] {
                Shutdown shutdown;
                shutdown.catch_signals();
                raise(SIGINT);
                raise(SIGINT);
            }) == 130);
}
