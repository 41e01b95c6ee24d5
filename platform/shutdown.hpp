#pragma once

// The wish to stop, from a signal or from the program itself.
//
// A program has one, made first in main and handed down by const reference. A first SIGINT or
// SIGTERM raises it, so that loops drain; a second SIGINT ends the process at once with status 130.
// Once raised it stays raised.

#include <atomic>
#include <chrono>

namespace duel::platform {

class Shutdown {
public:
    Shutdown();
    ~Shutdown();
    Shutdown(const Shutdown&) = delete;
    Shutdown& operator=(const Shutdown&) = delete;

    // Handles SIGINT and SIGTERM through this object from now on, and ignores SIGPIPE. One object a
    // process; its destructor gives the signals back.
    void catch_signals();

    // Raises it from inside. Any thread, any number of times.
    void request();

    bool requested() const { return flag_.load(std::memory_order_relaxed); }

    // Sleeps for that long at most; true as soon as it is requested.
    bool wait_for(std::chrono::milliseconds longest) const;
    void wait() const;

    // Becomes readable when requested and stays so: for poll(2) and Asio. Never read from it.
    int fd() const { return fd_; }

    // For loops that know only a flag, such as Producer::produce.
    const std::atomic<bool>& flag() const { return flag_; }

private:
    std::atomic<bool> flag_{false};
    int fd_;
    bool catching_ = false;
};

}  // namespace duel::platform
