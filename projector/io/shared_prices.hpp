#pragma once

#include "platform/health.hpp"
#include "platform/kafka.hpp"
#include "projector/io/arrival.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace duel::projector {

struct SharedPricesSettings {
    platform::KafkaSettings kafka;
    std::int32_t partitions{1};
    std::size_t window_records{100'000};  // kept, of all partitions together; long ones count more
    std::shared_ptr<platform::Heartbeat> heartbeat{};
};

// Reads and decodes `prices` once for all shards of a process, and keeps the newest part of it.
//
// A shard follows a partition from where it stands. Who stands in the window takes from there; who
// is behind it reads by itself until it has caught up. A full window waits a moment for its slowest
// follower, then moves on without it, so that nobody waits long for another shard. Thread-safe; a
// Follower is its shard's.
class SharedPrices {
public:
    SharedPrices(const SharedPricesSettings& settings, platform::KafkaStateHook on_state);
    ~SharedPrices();

    // Partitions that came since this object was made are not among them.
    std::int32_t partitions() const { return settings_.partitions; }

    class Follower;
    // `wake` is called, from another thread, when there may be something new to take.
    std::unique_ptr<Follower>
    follow(std::int32_t partition, std::int64_t from, std::function<void()> wake);

    // As Consumer::interruptions().
    std::uint64_t interruptions() const { return consumer_.interruptions(); }

private:
    using Clock = std::chrono::steady_clock;

    struct Block {
        Arrivals arrivals;
        std::int64_t end;  // the offset after it
        std::size_t cost;  // in records of the usual size
    };
    struct Window {
        std::optional<std::int64_t> start_at;  // to be begun, or begun anew, from there
        platform::PartitionReader* reader{nullptr};
        bool is_reading{false};    // the thread is at the reader: nobody else may look at it
        bool is_declining{false};  // nobody wanted more; who does now has to say so
        std::deque<Block> blocks;
        std::int64_t begin{0};  // the first offset that is kept
        std::int64_t end{0};    // after the last that was read
        std::size_t cost{0};    // of all blocks
        std::optional<platform::PartitionError> error;
        std::vector<Follower*> followers;
    };

    void run(const std::stop_token& stop);
    void forget_interrupted();
    bool advance(std::int32_t partition);
    void start(Window& window, std::int32_t partition);
    bool wants_more(const Window& window) const;
    void keep(Window& window, Arrivals arrivals) const;
    static void wake_starving(const Window& window);

    SharedPricesSettings settings_;
    std::size_t most_cost_;  // of a window
    platform::Consumer consumer_;
    std::uint64_t interruptions_{0};
    ArrivalReader arrival_reader_;
    std::mutex mutex_;             // of what follows
    std::vector<Window> windows_;  // by partition
    std::jthread thread_;          // last: it uses all of the above
};

// A shard's place in one partition.
class SharedPrices::Follower {
public:
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    struct Taken {
        Arrivals arrivals;      // null where there is nothing; may begin before what was asked for
        std::int64_t next{0};   // the offset to take from next
        bool is_behind{false};  // the window has moved on
        std::optional<platform::PartitionError> error;
    };
    // What the window has from that offset on. Never waits.
    Taken take(std::int64_t from);

    // The window has that offset and will have it for a while.
    bool is_near(std::int64_t offset) const;

    // Nothing is known to be there past what was taken, and it was looked for.
    bool is_caught_up() const;
    std::optional<platform::Watermarks> known_watermarks() const;

private:
    friend SharedPrices;
    Follower(SharedPrices& prices, Window& window, std::int64_t from, std::function<void()> wake);

    SharedPrices& prices_;
    Window& window_;
    std::function<void()> wake_;
    std::int64_t next_;
    Clock::time_point moved_at_{Clock::now()};
    std::optional<Clock::time_point> starving_since_;  // since there was nothing to take
    bool is_behind_{false};
};

}  // namespace duel::projector
