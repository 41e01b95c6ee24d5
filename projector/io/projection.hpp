#pragma once

#include "platform/postgres.hpp"
#include "projector/io/control.hpp"
#include "projector/io/dead_letters.hpp"
#include "projector/io/decide.hpp"
#include "projector/io/intake.hpp"
#include "projector/io/journal.hpp"
#include "projector/io/meters.hpp"
#include "projector/io/pace_keeper.hpp"
#include "projector/io/process.hpp"
#include "projector/io/publisher.hpp"
#include "projector/rules/outbox.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace duel::projector {

// One taken shard at work: batch after batch, each applied, written in one transaction, then told.
//
// Anything thrown leaves the state ahead of Postgres: drop the object and recover.
template <class State>
class Projection {
public:
    // `connection` holds the shard's lock. Tells first what an earlier owner left untold.
    Projection(
        const Process& process,
        const ShardId& shard,
        platform::Connection& connection,
        ShardPosition position,
        std::unique_ptr<State> state,
        Meters& meters,
        platform::Heartbeat& heartbeat,
        int& probe_batches
    );

    // For as long as `goes_on` holds; then everything told is acknowledged and noted.
    void run(const std::function<bool()>& goes_on);

private:
    using Clock = std::chrono::steady_clock;

    void note_loss();
    void tell_leftovers();
    void work(const Inputs& inputs);
    void consume(const Inputs& inputs, std::size_t chunk, std::size_t index);
    void commit();
    void publish();
    void idle();
    void rank_in_silence();
    void note_published();
    void keep_pace();

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

    std::vector<DeadLetter> letters_;  // of this batch
    std::size_t retried_{0};           // in this batch
    Clock::time_point last_record_{Clock::now()};
    Clock::time_point last_note_{Clock::now()};
    bool may_rank_in_silence_{false};
};

}  // namespace duel::projector
