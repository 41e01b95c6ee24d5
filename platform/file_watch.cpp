#include "platform/file_watch.hpp"

#include "platform/thread_name.hpp"

#include <sys/stat.h>
#include <utility>

namespace duel::platform {

void FileWatch::add(std::vector<std::string> paths, std::function<void()> changed) {
    auto stamps = stamps_of(paths);
    groups_.push_back({std::move(paths), std::move(stamps), std::move(changed)});
}

void FileWatch::start() {
    if (groups_.empty()) return;
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

std::vector<FileWatch::Stamp> FileWatch::stamps_of(const std::vector<std::string>& paths) {
    const auto nanoseconds = [](const timespec& time) {
        return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
    };
    std::vector<Stamp> stamps;
    for (const auto& path : paths) {
        struct stat found {};
        if (::stat(path.c_str(), &found) != 0) {
            stamps.emplace_back();
            continue;
        }
        stamps.push_back(
            {found.st_dev,
             found.st_ino,
             found.st_size,
             nanoseconds(found.st_mtim),
             nanoseconds(found.st_ctim)}
        );
    }
    return stamps;
}

void FileWatch::run(const std::stop_token& stop) {
    name_thread("file-watch");
    std::unique_lock lock{mutex_};
    while (!stopped_.wait_for(lock, stop, pace_, [&stop] { return stop.stop_requested(); }))
        look();
}

// Stamps are taken before the files are read: what changes while they are is seen the next time.
void FileWatch::look() {
    for (auto& group : groups_) {
        auto stamps = stamps_of(group.paths);
        if (stamps == group.stamps) continue;
        group.stamps = std::move(stamps);
        group.changed();
    }
}

}  // namespace duel::platform
