#pragma once

#include "core/error.hpp"
#include "platform/metrics.hpp"
#include "projector/rules/shard.hpp"
#include "projector/rules/verdict.hpp"

#include <chrono>
#include <map>

namespace duel::projector {

// What one shard measures. Counting does not lock.
class Meters {
public:
    enum class Phase { fetch, apply, write, commit, publish };

    Meters(platform::Metrics& metrics, const ShardId& shard);

    void count(Topic topic, Outcome outcome);
    void dead_letter(Code code);
    void took(Phase phase, std::chrono::nanoseconds time);
    void batch(std::size_t records);
    // How long ago the broker had the newest record of a batch that was committed now.
    void append_to_commit(std::chrono::nanoseconds time);

    prometheus::Gauge& lag_records;
    prometheus::Gauge& lag_seconds;
    prometheus::Gauge& queued_records;
    prometheus::Gauge& untold_records;
    prometheus::Gauge& owned;
    prometheus::Gauge& halted;
    prometheus::Counter& rankings;
    prometheus::Counter& ranking_seconds;
    prometheus::Counter& fencing_losses;
    prometheus::Counter& batches_again;

private:
    platform::Metrics& metrics_;
    platform::Labels labels_;
    std::map<std::pair<Topic, Outcome>, prometheus::Counter*> records_;
    std::map<Code, prometheus::Counter*> letters_;
    std::map<Phase, prometheus::Histogram*> phases_;
    prometheus::Histogram& batch_records_;
    prometheus::Histogram& append_to_commit_;
};

}  // namespace duel::projector
