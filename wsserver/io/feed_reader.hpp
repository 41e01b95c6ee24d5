#pragma once

// Reads a whole topic, the feed or the status, in a thread of its own.
//
// Begins a bounded number of records before the end, so that a restarted server has recent event
// messages. Broker away: librdkafka retries, the reader waits; refused: it tries again, and its
// condition says why. A position that the log has no more
// is a fresh beginning, and is told. Records go out in batches; a consumer of them that falls
// behind holds the reader back instead of filling memory.

#include "platform/health.hpp"
#include "platform/kafka.hpp"
#include "platform/shutdown.hpp"
#include "wsserver/io/feed_progress.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace duel::wsserver {

// Records of one reading, given back when they were worked off.
using FeedBatch = std::shared_ptr<std::vector<platform::Record>>;

struct FeedSettings {
    std::string topic = "feed";
    std::int64_t recent_records = 50'000;  // of each partition, at the start
    std::size_t batch = 2'000;
    // Behind the end of the topic; beyond, it is not ready. Nothing: not looked at.
    std::optional<std::chrono::milliseconds> most_behind{};
};

class FeedReader {
public:
    struct Hooks {
        std::function<void(FeedBatch)> on_batch;
        std::function<void()> on_lost_place;           // records may be missing between two batches
        std::function<void(Duration)> on_behind = {};  // how long, a few times a second
        // Reading begins: records of a partition from `end` on are not there yet.
        std::function<void(std::int32_t partition, std::int64_t end)> on_begun = {};
    };

    FeedReader(
        const platform::KafkaSettings& kafka,
        const FeedSettings& settings,
        const platform::Shutdown& shutdown,
        platform::Health& health,
        Hooks hooks
    );
    // Joins; the shutdown has to be requested before.
    ~FeedReader();

private:
    void run();
    bool begin(platform::Consumer& consumer);
    bool read(platform::Consumer& consumer);
    void note_reading(const platform::Consumer& consumer, bool found);
    void hold_back(const platform::Consumer& consumer);
    void judge(const platform::Consumer& consumer);

    platform::KafkaSettings kafka_;
    FeedSettings settings_;
    const platform::Shutdown& shutdown_;
    platform::Health& health_;
    Hooks hooks_;
    // Shared with the batches that are not yet worked off.
    struct InFlight {
        std::atomic<int> batches{0};
        FeedProgress progress;
    };
    std::shared_ptr<InFlight> in_flight_;
    Instant next_judgement_{};
    bool is_reading_ = false;  // since the latest beginning
    std::thread thread_;
};

}  // namespace duel::wsserver
