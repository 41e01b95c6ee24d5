#include "projector/io/projection.hpp"

#include "platform/log.hpp"
#include "projector/io/answers.hpp"
#include "projector/io/apply_again.hpp"
#include "projector/io/batch.hpp"
#include "projector/io/dead_letters.hpp"
#include "projector/io/decide.hpp"
#include "projector/io/intake.hpp"
#include "projector/io/journal.hpp"
#include "projector/io/pace_keeper.hpp"
#include "projector/io/publisher.hpp"
#include "projector/io/recovery.hpp"
#include "projector/rules/apply.hpp"
#include "projector/rules/outbox.hpp"

#include <algorithm>
#include <type_traits>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using platform::Heartbeat;

constexpr auto kIdle = 100ms;
constexpr auto kNoteEvery = 1s;
constexpr auto kLastFlush = 5s;
constexpr auto kReadsEvery = 4s;  // at least, or it hangs
constexpr auto kLongCall = 60s;   // of Postgres on a whole batch, before it counts as hanging
constexpr auto kSetBack = 1s;     // of log time, beyond the pace: more than records come late
constexpr int kProbeBatches = 50;

template <class State>
inline constexpr bool kIsContest = std::is_same_v<State, ContestState>;

// Runs something and adds how long it took.
template <class Work>
auto timed(Meters& meters, Meters::Phase phase, Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    meters.took(phase, std::chrono::steady_clock::now() - begin);
}

// By the clock of this machine; 0 where the broker's, which may be another, is ahead of it.
std::chrono::nanoseconds age(Timestamp log_time) {
    return std::max<std::chrono::nanoseconds>(std::chrono::system_clock::now() - log_time, 0ns);
}

platform::KafkaStateHook quiet() {
    return {};
}

template <class State>
class ShardProjection : public Projection {
public:
    ShardProjection(
        const Process& process,
        const ShardId& shard,
        platform::Connection& connection,
        ShardPosition position,
        std::unique_ptr<State> state,
        Meters& meters,
        platform::Heartbeat& heartbeat,
        int& probe_batches
    );

    void run(const std::function<bool()>& goes_on) override;

private:
    using Clock = std::chrono::steady_clock;

    void note_loss();
    void tell_leftovers();
    void work(const Inputs& inputs);
    void consume(const Inputs& inputs, std::size_t chunk, std::size_t index);
    void commit();
    void publish();
    void idle();
    bool is_ranking_overdue(Timestamp log_time) const;
    void rank_in_silence();
    void note_published();
    void keep_pace();
    void ranked_for(Clock::duration time);

    const Process& process_;
    ShardId shard_;
    platform::Connection& connection_;
    ShardPosition position_;
    std::unique_ptr<State> state_;
    Meters& meters_;
    platform::Heartbeat& heartbeat_;
    int& probe_batches_;

    Outbox outbox_;
    Journal journal_;
    Publisher publisher_;
    Intake intake_;
    PaceKeeper pace_keeper_;

    // Of this batch.
    std::vector<DeadLetter> letters_;
    Tally tally_;
    Clock::time_point last_record_{Clock::now()};
    Clock::time_point last_note_{Clock::now()};
    Clock::time_point last_ranking_{Clock::now()};
    bool may_rank_in_silence_{false};
};

template <class State>
ShardProjection<State>::ShardProjection(
    const Process& process,
    const ShardId& shard,
    platform::Connection& connection,
    ShardPosition position,
    std::unique_ptr<State> state,
    Meters& meters,
    platform::Heartbeat& heartbeat,
    int& probe_batches
)
    : process_{process},
      shard_{shard},
      connection_{connection},
      position_{std::move(position)},
      state_{std::move(state)},
      meters_{meters},
      heartbeat_{heartbeat},
      probe_batches_{probe_batches},
      outbox_{position_.epoch, shard.name()},
      journal_{connection, shard, position_, process.settings.limits},
      publisher_{
          process.common.kafka,
          shard,
          shard.partition % process.feed_partitions,
          process.shutdown.flag(),
          position_.published_seq,
          quiet()},
      intake_{
          shard,
          {.kafka = process.common.kafka,
           .merge_wait = process.settings.merge_wait,
           .queue_records = process.settings.queue_records,
           .log_marks = position_.log_marks,
           .prices = process.prices,
           .heartbeat = process.health.heartbeat("reading for " + shard.name(), kReadsEvery)},
          position_.offsets,
          [&process](bool up, const std::string& reason) {
              process.health.set("kafka", up, reason);
          }},
      pace_keeper_{process.settings.pace} {
    if (position_.is_new) state_->pace.pace = process.settings.pace;
    journal_.begin(position_.is_new ? "start" : "owner", state_->pace.pace);
    if (position_.is_lossy) note_loss();
    tell_leftovers();
    note_published();
}

// The journal says where the log was left, before anything is read from the new place.
template <class State>
void ShardProjection<State>::note_loss() {
    journal_.begin("loss", state_->pace.pace);
    platform::Pipeline pipeline{connection_};
    platform::Transaction transaction{pipeline};
    write_position(pipeline, shard_, position_, intake_.lag());
    journal_.write(pipeline, position_.epoch);
    pipeline.finish();
    transaction.commit();
    journal_.settle();
}

template <class State>
void ShardProjection<State>::tell_leftovers() {
    const UntoldLetters untold = untold_letters(connection_, shard_, position_);
    letters_ = untold.letters;
    publish();
    publisher_.flush(kLastFlush);  // a shard whose words Kafka refuses is not ready
    settle(*state_);
    letters_.clear();
}

template <class State>
void ShardProjection<State>::run(const std::function<bool()>& goes_on) {
    while (goes_on()) {
        heartbeat_.beat();
        Inputs inputs;
        timed(meters_, Meters::Phase::fetch, [&] {
            inputs = intake_.take(process_.settings.batch_records, kIdle);
        });
        publisher_.poll();
        if (inputs.empty())
            idle();
        else
            work(inputs);
        const std::int64_t lag = intake_.lag();
        meters_.lag_records.Set(static_cast<double>(lag));
        if (lag == 0) meters_.lag_seconds.Set(0);
        meters_.queued_records.Set(static_cast<double>(intake_.queued()));
        meters_.untold_records.Set(static_cast<double>(publisher_.outstanding()));
    }
    const Heartbeat::Patience patience{heartbeat_, kLongCall};
    publisher_.flush(kLastFlush);
    note_published();
}

template <class State>
void ShardProjection<State>::work(const Inputs& inputs) {
    std::size_t records = 0;
    if constexpr (kIsContest<State>) {
        const Heartbeat::Patience patience{heartbeat_, kLongCall};
        if (probe_batches_ > 0)
            answer(connection_, state_->book, id_questions(state_->book, inputs));
    }
    tally_ = {};
    timed(meters_, Meters::Phase::apply, [&] {
        for (std::size_t chunk = 0; chunk < inputs.size(); ++chunk) {
            heartbeat_.beat();
            for (std::size_t index = 0; index < inputs[chunk].size(); ++index)
                consume(inputs, chunk, index);
            records += inputs[chunk].size();
        }
        finish_batch(*state_);
    });
    commit();
    timed(meters_, Meters::Phase::publish, [&] { publish(); });

    if (probe_batches_ > 0)
        probe_batches_ = tally_.of(Outcome::retried) > 0 ? kProbeBatches : probe_batches_ - 1;
    meters_.batch(records, tally_);
    const Timestamp newest = inputs.back().back().place().log_time;
    meters_.append_to_commit(age(inputs.front()[0].place().log_time));
    if (intake_.lag() > 0)
        meters_.lag_seconds.Set(std::chrono::duration<double>{age(newest)}.count());
    letters_.clear();
    settle(*state_);
    last_record_ = Clock::now();
    may_rank_in_silence_ = true;
    keep_pace();
    if (is_ranking_overdue(newest)) rank_in_silence();
}

template <class State>
void ShardProjection<State>::consume(const Inputs& inputs, std::size_t chunk, std::size_t index) {
    const Input& input = inputs[chunk][index];
    bool is_ranking = false;
    if constexpr (kIsContest<State>) {
        if (departs_after_silence(*state_, input.place()))
            journal_.begin("silence", state_->pace.pace);
        is_ranking = state_->pace.is_reached(input.place().log_time);
    }
    if (input.is_late) journal_.begin("late", state_->pace.pace);

    const auto begin = is_ranking ? Clock::now() : Clock::time_point{};
    const Verdict verdict =
        decide(connection_, *state_, inputs, chunk, index, process_.settings.limits);
    if (is_ranking) {
        last_ranking_ = Clock::now();
        ranked_for(last_ranking_ - begin);
    }
    journal_.consume(input.place());
    tally_.add(input.place().topic, verdict.outcome);
    if (verdict.outcome == Outcome::refused && input.place().topic == shard_.own_topic()) {
        letters_.push_back(dead_letter_of(input, verdict.error, state_->seq));
        meters_.dead_letter(verdict.error.code);
    }
}

template <class State>
void ShardProjection<State>::commit() {
    const Heartbeat::Patience patience{heartbeat_, kLongCall};
    position_.offsets = journal_.next();
    position_.log_marks = journal_.log_marks();
    position_.published_seq = publisher_.published();
    move_on(position_, *state_);

    platform::Pipeline pipeline{connection_};
    platform::Transaction transaction{pipeline};
    try {
        const auto begin = Clock::now();
        timed(meters_, Meters::Phase::write, [&] {
            const double ranked = send_batch(pipeline, shard_, position_, *state_, intake_.lag());
            journal_.write(pipeline, position_.epoch);
            end_batch(pipeline, shard_, *state_, letters_);
            ranked_for(std::chrono::duration_cast<Clock::duration>((Clock::now() - begin) * ranked)
            );
        });
        timed(meters_, Meters::Phase::commit, [&] { transaction.commit(); });
    } catch (const OldId&) {
        probe_batches_ = kProbeBatches;
        throw;
    }
    journal_.settle();
    last_note_ = Clock::now();
    if constexpr (kIsContest<State>) {
        State& state = *state_;
        auto& rankings = state.template get<LeaderboardProjection>().rankings;
        meters_.rankings.Increment(static_cast<double>(std::exchange(rankings, 0)));
    }
}

template <class State>
void ShardProjection<State>::publish() {
    publisher_.begin(state_->seq);
    outbox_.tell(*state_, [this](std::string_view key, std::string_view record) {
        publisher_.feed(key, record);
    });
    for (const DeadLetter& letter : letters_)
        publisher_.dead_letter(letter);
    publisher_.end();
}

template <class State>
void ShardProjection<State>::idle() {
    if constexpr (kIsContest<State>) {
        const auto silence = Clock::now() - last_record_;
        if (may_rank_in_silence_ && silence >= state_->pace.pace) rank_in_silence();
    }
    if (Clock::now() - last_note_ < kNoteEvery) return;
    if (publisher_.published() != position_.published_seq) return note_published();
    // That the session is gone, or the shard another's, must show without a record too.
    check_fence(connection_, shard_, position_);
    last_note_ = Clock::now();
}

// Rankings go by log time. Where the broker's clock was set back, no record would reach the next
// one until it is there again: such records are a silence to them, as long as it takes.
template <class State>
bool ShardProjection<State>::is_ranking_overdue(Timestamp log_time) const {
    if constexpr (kIsContest<State>) {
        const Pace& pace = state_->pace;
        return pace.point && *pace.point - log_time > kSetBack + pace.pace &&
               Clock::now() - last_ranking_ >= pace.pace;
    } else {
        return false;
    }
}

template <class State>
void ShardProjection<State>::rank_in_silence() {
    if constexpr (kIsContest<State>) {
        may_rank_in_silence_ = false;
        last_ranking_ = Clock::now();
        const bool has_moved = projector::rank_in_silence(*state_);
        ranked_for(Clock::now() - last_ranking_);
        if (!has_moved) return;
        commit();
        publish();
        settle(*state_);
    }
}

template <class State>
void ShardProjection<State>::note_published() {
    position_.published_seq = publisher_.published();
    platform::Pipeline pipeline{connection_};
    write_position(pipeline, shard_, position_, intake_.lag());
    pipeline.finish();
    last_note_ = Clock::now();
}

template <class State>
void ShardProjection<State>::ranked_for(Clock::duration time) {
    pace_keeper_.spent(time);
    meters_.ranking_seconds.Increment(std::chrono::duration<double>{time}.count());
}

template <class State>
void ShardProjection<State>::keep_pace() {
    if constexpr (kIsContest<State>) {
        const auto advised = pace_keeper_.advise(state_->pace.pace);
        if (advised == state_->pace.pace) return;
        platform::log::info(
            "{}: contests are ranked every {} ms from now on", shard_.name(), advised.count()
        );
        state_->pace.pace = advised;
        journal_.begin("pace", advised);
    }
}

}  // namespace

std::unique_ptr<Projection> Projection::make(
    const Process& process,
    const ShardId& shard,
    platform::Connection& connection,
    const ShardPosition& position,
    Meters& meters,
    platform::Heartbeat& heartbeat,
    int& probe_batches
) {
    const auto with = [&]<class State>(std::unique_ptr<State> state) {
        return std::make_unique<ShardProjection<State>>(
            process, shard, connection, position, std::move(state), meters, heartbeat, probe_batches
        );
    };
    if (shard.kind == ShardId::Kind::contest)
        return with(recover_contests(connection, shard, position));
    return with(recover_market(connection, shard, position));
}

}  // namespace duel::projector
