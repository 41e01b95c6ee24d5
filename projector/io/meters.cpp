#include "projector/io/meters.hpp"

namespace duel::projector {
namespace {

const std::vector<double> kAppendToCommit{
    0.001,
    0.002,
    0.003,
    0.005,
    0.007,
    0.01,
    0.015,
    0.02,
    0.03,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    5,
    30};
const std::vector<double> kBatchSizes{1, 3, 10, 30, 100, 300, 1'000, 3'000, 10'000, 30'000};

platform::Labels with(platform::Labels labels, const std::string& name, std::string_view value) {
    labels.emplace(name, std::string{value});
    return labels;
}

std::string_view text(Outcome outcome) {
    switch (outcome) {
        case Outcome::applied:
            return "applied";
        case Outcome::retried:
            return "retried";
        case Outcome::refused:
            return "refused";
        case Outcome::asks:
            return "asks";
    }
    return "";
}

std::string_view text(Meters::Phase phase) {
    switch (phase) {
        case Meters::Phase::fetch:
            return "fetch";
        case Meters::Phase::apply:
            return "apply";
        case Meters::Phase::write:
            return "write";
        case Meters::Phase::commit:
            return "commit";
        case Meters::Phase::publish:
            return "publish";
    }
    return "";
}

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

Meters::Meters(platform::Metrics& metrics, const ShardId& shard)
    : lag_records{metrics.gauge(
          "duel_projector_lag_records",
          "Records in the log that the shard has not applied",
          {{"shard", shard.name()}}
      )},
      lag_seconds{metrics.gauge(
          "duel_projector_lag_seconds",
          "Age of the newest applied record when its batch was committed; 0 when caught up",
          {{"shard", shard.name()}}
      )},
      queued_records{metrics.gauge(
          "duel_projector_queued_records",
          "Records read and decoded that wait for the shard",
          {{"shard", shard.name()}}
      )},
      untold_records{metrics.gauge(
          "duel_projector_untold_records",
          "Feed records that Kafka has not acknowledged",
          {{"shard", shard.name()}}
      )},
      owned{metrics.gauge(
          "duel_projector_owned",
          "1 while this process owns the shard",
          {{"shard", shard.name()}}
      )},
      halted{metrics.gauge(
          "duel_projector_halted",
          "1 while the shard stands still until a person decides: the log is not the one it read",
          {{"shard", shard.name()}}
      )},
      rankings{metrics.counter(
          "duel_projector_rankings_total",
          "Rankings of a contest",
          {{"shard", shard.name()}}
      )},
      ranking_seconds{metrics.counter(
          "duel_projector_ranking_seconds_total",
          "Time spent on rankings and on writing them",
          {{"shard", shard.name()}}
      )},
      fencing_losses{metrics.counter(
          "duel_projector_fencing_losses_total",
          "Times that another owner had taken the shard",
          {{"shard", shard.name()}}
      )},
      batches_again{metrics.counter(
          "duel_projector_batches_again_total",
          "Batches applied again because an id or a home was known to Postgres only",
          {{"shard", shard.name()}}
      )},
      metrics_{metrics},
      labels_{{"shard", shard.name()}},
      batch_records_{metrics.histogram(
          "duel_projector_batch_records",
          "Records of a transaction",
          kBatchSizes,
          labels_
      )},
      append_to_commit_{metrics.histogram(
          "duel_projector_append_to_commit_seconds",
          "From the broker's append of a batch's oldest record to its commit",
          kAppendToCommit,
          labels_
      )} {
    for (const Phase phase :
         {Phase::fetch, Phase::apply, Phase::write, Phase::commit, Phase::publish})
        phases_[phase] = &metrics.histogram(
            "duel_projector_phase_seconds",
            "Time of one batch by phase",
            platform::Metrics::latency_buckets(),
            with(labels_, "phase", text(phase))
        );
}

prometheus::Counter& Meters::records(Topic topic, Outcome outcome) {
    prometheus::Counter*& counter = records_[{topic, outcome}];
    if (counter == nullptr)
        counter = &metrics_.counter(
            "duel_projector_records_total",
            "Records consumed, by topic and what became of them",
            with(with(labels_, "topic", duel::text(topic)), "outcome", text(outcome))
        );
    return *counter;
}

void Meters::dead_letter(Code code) {
    prometheus::Counter*& counter = letters_[code];
    if (counter == nullptr)
        counter = &metrics_.counter(
            "duel_projector_dead_letters_total",
            "Records that were not applied, by code",
            with(labels_, "code", duel::text(code))
        );
    counter->Increment();
}

void Meters::took(Phase phase, std::chrono::nanoseconds time) {
    phases_.at(phase)->Observe(seconds(time));
}

void Meters::batch(std::size_t records, const Tally& tally) {
    batch_records_.Observe(static_cast<double>(records));
    for (const Topic topic : {Topic::trades, Topic::prices}) {
        for (const Outcome outcome : {Outcome::applied, Outcome::retried, Outcome::refused}) {
            if (const std::size_t count = tally.of(topic, outcome); count > 0)
                this->records(topic, outcome).Increment(static_cast<double>(count));
        }
    }
}

void Meters::append_to_commit(std::chrono::nanoseconds time) {
    append_to_commit_.Observe(seconds(time));
}

}  // namespace duel::projector
