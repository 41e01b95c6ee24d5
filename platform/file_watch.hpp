#pragma once

// Notices that files have changed, so that keys and certificates are renewed without a restart.
//
// Every file is looked at once each pace: device, inode, size, time of change. Names are followed,
// so that a link which is moved to another file counts as well. Whatever can be asked of a file
// system works alike on all of them, also where inotify says nothing (mounts of containers).

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace duel::platform {

class FileWatch {
public:
    explicit FileWatch(std::chrono::milliseconds pace = std::chrono::seconds{2}) : pace_(pace) {}

    // Calls `changed` each time that any of these files is no longer what it was, is gone, or is
    // back: files that belong together, such as a certificate and its key, are named together. What
    // counts is how they are now: add first, read then, and no change falls in between. `changed`
    // runs in the watch's thread and must not throw. Only before start().
    void add(std::vector<std::string> paths, std::function<void()> changed);

    // Looks from now on, in a thread of its own; none where there is nothing to watch.
    void start();

private:
    // All zero where there is no such file.
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::int64_t bytes = 0;
        std::int64_t modified = 0;        // nanoseconds
        std::int64_t status_changed = 0;  // nanoseconds; tells of rights and of times put back
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct Group {
        std::vector<std::string> paths;
        std::vector<Stamp> stamps;
        std::function<void()> changed;
    };

    static std::vector<Stamp> stamps_of(const std::vector<std::string>& paths);
    void run(const std::stop_token& stop);
    void look();

    std::chrono::milliseconds pace_;
    std::vector<Group> groups_;  // of the thread, once it runs
    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace duel::platform
