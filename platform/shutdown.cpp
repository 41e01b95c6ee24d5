#include "platform/shutdown.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace duel::platform {

namespace {

constexpr int kStatusOfInterrupt = 128 + SIGINT;

std::atomic<Shutdown*> caught_by{nullptr};
std::atomic<bool> was_interrupted{false};

// Only what a signal handler may do: atomics, write(2) and _exit(2).
void on_signal(int signal) {
    int saved = errno;
    if (signal == SIGINT && was_interrupted.exchange(true)) ::_exit(kStatusOfInterrupt);
    if (Shutdown* shutdown = caught_by.load()) shutdown->request();
    errno = saved;
}

void handle(int signal, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

Shutdown::Shutdown() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Shutdown::~Shutdown() {
    if (catching_) {
        handle(SIGINT, SIG_DFL);
        handle(SIGTERM, SIG_DFL);
        caught_by = nullptr;
    }
    ::close(fd_);
}

void Shutdown::catch_signals() {
    caught_by = this;
    was_interrupted = false;
    catching_ = true;
    handle(SIGPIPE, SIG_IGN);
    handle(SIGINT, &on_signal);
    handle(SIGTERM, &on_signal);
}

void Shutdown::request() {
    flag_ = true;
    const std::uint64_t one = 1;
    // Cannot fail but for a counter that is full, which is readable already.
    [[maybe_unused]] ssize_t written = ::write(fd_, &one, sizeof one);
}

bool Shutdown::wait_for(std::chrono::milliseconds longest) const {
    using Clock = std::chrono::steady_clock;
    auto deadline = Clock::now() + longest;
    while (!requested()) {
        auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return false;
        pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
        auto wait = std::min<std::int64_t>(left.count(), 60'000);
        ::poll(&waiting, 1, static_cast<int>(wait));
    }
    return true;
}

void Shutdown::wait() const {
    while (!wait_for(std::chrono::hours(1))) {
    }
}

}  // namespace duel::platform
