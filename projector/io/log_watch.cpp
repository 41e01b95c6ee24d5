#include "projector/io/log_watch.hpp"

#include "platform/log.hpp"
#include "platform/thread_name.hpp"
#include "projector/io/intake.hpp"

#include <fmt/format.h>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

constexpr auto kLookEvery = 1s;
constexpr auto kAskKafka = 2s;

}  // namespace

LogWatch::LogWatch(const Process& process) : process_{process} {
    thread_ = std::jthread{[this] { run(); }};
}

void LogWatch::watch(const Offsets& offsets, const LogMarks& marks) {
    const std::scoped_lock lock{mutex_};
    for (const auto& [partition, offset] : offsets) {
        const auto mark = marks.find(partition);
        if (mark == marks.end())
            marks_.erase(partition);
        else
            marks_[partition] = mark->second;
        differing_.erase(partition);
    }
    any_differs_ = !differing_.empty();
}

void LogWatch::require_same(const Offsets& offsets) const {
    if (!any_differs_) return;
    const std::scoped_lock lock{mutex_};
    for (const auto& [partition, what] : differing_)
        if (offsets.contains(partition))
            throw LogMismatch(
                fmt::format("{}/{}: {}", text(partition.first), partition.second, what)
            );
}

void LogWatch::run() {
    platform::name_thread("log watch");
    platform::Consumer checker = make_checker(process_.common.kafka);
    while (!process_.shutdown.wait_for(kLookEvery)) {
        try {
            look(checker);
        } catch (const platform::KafkaError& error) {
            platform::log::debug("cannot look whether the log is the same: {}", error.what());
        }
    }
}

void LogWatch::look(platform::Consumer& checker) {
    LogMarks marks;
    {
        const std::scoped_lock lock{mutex_};
        marks = marks_;
    }
    if (marks.empty()) return;
    Offsets after_first;
    for (auto& [partition, mark] : marks) {
        after_first[partition] = mark.first + 1;
        mark.last_at = mark.first_at;
    }
    const auto found = look_at_log(checker, after_first, marks, kAskKafka);
    const std::scoped_lock lock{mutex_};
    for (const auto& [partition, now] : found) {
        const LogMark& mark = marks.at(partition);
        const auto what = difference(mark.first + 1, mark, now);
        const bool is_gone = mark.first < now.begin;  // in the course of time
        const auto known = marks_.find(partition);
        const bool is_watched = known != marks_.end() && known->second.first_at == mark.first_at;
        if (what && !is_gone && is_watched) differing_[partition] = *what;
    }
    any_differs_ = !differing_.empty();
}

}  // namespace duel::projector
