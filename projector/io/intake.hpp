#pragma once

#include "platform/health.hpp"
#include "platform/kafka.hpp"
#include "projector/io/arrival.hpp"
#include "projector/io/lane.hpp"
#include "projector/io/log_guard.hpp"
#include "projector/io/offsets.hpp"
#include "projector/rules/merge_order.hpp"
#include "projector/rules/shard.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace duel::projector {

// A partition cannot be read, or is not there any more: begin again, by looking whether it is the
// same.
struct LogGone : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct IntakeSettings {
    platform::KafkaSettings kafka;
    std::chrono::milliseconds merge_wait{3};
    std::size_t queue_records{40'000};
    LogMarks log_marks{};           // of what was applied before
    SharedPrices* prices{nullptr};  // where all of the process read them together
    std::shared_ptr<platform::Heartbeat> heartbeat{};  // of the reading thread, where one is wanted
};

// Reads the partitions of one shard from given offsets, merges them into one order and decodes
// them, in a thread of its own, ahead of the shard by a bounded number of records.
//
// Of the partitions that have records fetched or known to be waiting, the smallest head goes first.
// A partition that is caught up is waited for until a record is merge_wait old, no longer. The end
// of a contest is fair: it waits until every price partition is read up to where it ended after the
// record of the end was read.
class Intake {
public:
    using StateHook = platform::KafkaStateHook;

    Intake(
        const ShardId& shard,
        const IntakeSettings& settings,
        const Offsets& from,
        StateHook on_state
    );
    ~Intake();

    // About `most` records, in order; waits that long for the first, and where the shard is far
    // behind a little for thousands more. Ticks alone wait a little in a contest shard, where they
    // only mark positions: one transaction for several. Throws what ended the reading: LogMismatch,
    // LogGone, or KafkaError.
    Inputs take(std::size_t most, std::chrono::milliseconds longest);

    // Records that are in the log and were not taken yet, as far as is known.
    std::int64_t lag() const { return lag_.load(std::memory_order_relaxed); }
    std::size_t queued() const;

private:
    void run(const std::stop_token& stop);
    bool advance();
    void fill(Lane& lane);
    bool has_all_heads() const;
    std::size_t smallest_head(const Lane* but_for = nullptr) const;
    bool may_pass(Lane& lane);
    bool is_fair(Lane& lane);
    void move_run(std::size_t n);
    bool is_full() const;
    void hand_over();
    void note_lag();

    IntakeSettings settings_;
    std::string name_;
    Topic own_topic_;
    platform::Consumer consumer_;
    ArrivalReader arrival_reader_;
    std::vector<std::unique_ptr<Lane>> lanes_;  // in the order of the offsets
    LogGuard log_guard_;
    Stretch stretch_;
    Chunk merged_;
    bool is_merged_urgent_{false};  // it has something of the shard's own topic

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Chunk> queue_;
    std::size_t queued_{0};  // records in it
    std::size_t queued_bytes_{0};
    bool is_urgent_{false};
    std::exception_ptr failure_;
    std::atomic<std::int64_t> lag_{0};
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace duel::projector
