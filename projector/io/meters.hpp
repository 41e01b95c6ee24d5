#pragma once

#include "core/error.hpp"
#include "platform/metrics.hpp"
#include "projector/rules/shard.hpp"
#include "projector/rules/verdict.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>

namespace duel::projector {

// How many records of a batch came to what.
class Tally {
public:
    void add(Topic topic, Outcome outcome) { ++counts_[index(topic)][index(outcome)]; }
    std::size_t of(Topic topic, Outcome outcome) const {
        return counts_[index(topic)][index(outcome)];
    }
    std::size_t of(Outcome outcome) const {
        return of(Topic::trades, outcome) + of(Topic::prices, outcome);
    }

private:
    static std::size_t index(auto name) { return static_cast<std::size_t>(name); }

    std::array<std::array<std::size_t, 4>, 2> counts_{};
};

// What one shard measures. Counting does not lock.
class Meters {
public:
    enum class Phase { fetch, apply, write, commit, publish };

    Meters(platform::Metrics& metrics, const ShardId& shard);

    void dead_letter(Code code);
    void took(Phase phase, std::chrono::nanoseconds time);
    void batch(std::size_t records, const Tally& tally);
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
    prometheus::Counter& records(Topic topic, Outcome outcome);

    platform::Metrics& metrics_;
    platform::Labels labels_;
    std::map<std::pair<Topic, Outcome>, prometheus::Counter*> records_;
    std::map<Code, prometheus::Counter*> letters_;
    std::map<Phase, prometheus::Histogram*> phases_;
    prometheus::Histogram& batch_records_;
    prometheus::Histogram& append_to_commit_;
};

}  // namespace duel::projector
