#include "projector/io/replay.hpp"

#include "projector/io/answers.hpp"
#include "projector/io/apply_again.hpp"
#include "projector/io/batch.hpp"
#include "projector/io/decide.hpp"
#include "projector/io/log_guard.hpp"
#include "projector/io/recovery.hpp"
#include "projector/io/stretch_reader.hpp"
#include "projector/rules/apply.hpp"

#include <algorithm>
#include <list>

namespace duel::projector {
namespace {

using platform::Connection;
using platform::Params;
using platform::Shutdown;

constexpr std::size_t kTakeAtOnce = 2'000;

template <class State>
class ShardReplay : public Replay {
public:
    ShardReplay(
        const ReplaySettings& settings,
        const ShardId& shard,
        Connection& connection,
        const std::string& epoch,
        std::atomic<std::int64_t>& applied
    )
        : settings_{settings},
          shard_{shard},
          connection_{connection},
          epoch_{epoch},
          applied_{applied},
          reader_{settings.kafka, shard} {
        recover();
    }

    std::int64_t seq() const override { return state_->seq; }

    bool run(const History& history, const ReplayEnd& end, const Shutdown& shutdown) override {
        while (true) {
            try {
                return run_once(history, end, shutdown);
            } catch (const ApplyAgain&) {  // an id older than memory: look every one up from here
                applied_ -= unwritten_;
                recover();
                is_probing_ = true;
            }
        }
    }

private:
    void recover() {
        letters_.clear();
        refused_.clear();
        unwritten_ = 0;
        position_ = take_shard(connection_, shard_, "replay", epoch_);
        position_.published_seq = position_.seq;
        if constexpr (std::is_same_v<State, ContestState>)
            state_ = recover_contests(connection_, shard_, position_);
        else
            state_ = recover_market(connection_, shard_, position_);
        settle(*state_);
    }

    bool run_once(const History& history, const ReplayEnd& end, const Shutdown& shutdown) {
        bool is_at_end = false;
        for (const JournalRow& stretch : history.journal) {
            if (stretch.seq_to <= state_->seq) continue;
            if (state_->seq >= end.seq || is_at_end) break;
            begin(stretch);
            while (state_->seq < std::min(stretch.seq_to, end.seq) && !is_at_end) {
                const auto left = std::min(stretch.seq_to, end.seq) - state_->seq;
                Inputs inputs;
                inputs.push_back(
                    reader_.take(std::min(kTakeAtOnce, static_cast<std::size_t>(left)), shutdown)
                );
                if (inputs[0].empty()) {
                    if (shutdown.requested()) return write(), false;
                    throw LogMismatch(
                        "the journal of " + shard_.name() + " counts more records up to seq " +
                        std::to_string(stretch.seq_to) + " than the log has"
                    );
                }
                is_at_end = !consume(history, inputs, end);
                if (unwritten_ >= static_cast<std::int64_t>(settings_.batch_records)) write();
            }
        }
        if constexpr (std::is_same_v<State, ContestState>) {
            rank_next(history, end, shutdown);
        }
        write();
        return true;
    }

    // The rankings that were made between the end and the next record: in a silence, or before that
    // record. Their rows carry the seq of the end.
    void rank_next(const History& history, const ReplayEnd& end, const Shutdown& shutdown) {
        if (end.log_time) return rank_before(*state_, *end.log_time);
        if (end.is_silent) return void(rank_in_silence(*state_));
        for (const JournalRow& stretch : history.journal) {
            if (stretch.seq_to <= state_->seq) continue;
            const bool is_first = stretch.seq_from == state_->seq + 1;
            if (is_first && stretch.is_caused_by("silence")) return void(rank_in_silence(*state_));
            reader_.begin(stretch, is_first ? stretch.start : position_.offsets);
            const auto next = reader_.take(1, shutdown);
            if (!next.empty()) rank_before(*state_, next[0].place().log_time);
            return;
        }
    }

    // A stretch is begun in its middle where an earlier replay has written a part of it.
    void begin(const JournalRow& stretch) {
        if (state_->seq + 1 == stretch.seq_from) {
            position_.offsets = stretch.start;
            state_->pace.pace = stretch.pace;
            if constexpr (std::is_same_v<State, ContestState>) {
                if (stretch.is_caused_by("silence")) rank_in_silence(*state_);
            }
        }
        limits_.future = stretch.future_limit;
        reader_.begin(stretch, position_.offsets);
    }

    // False where the end's time is reached.
    bool consume(const History& history, const Inputs& inputs, const ReplayEnd& end) {
        if constexpr (std::is_same_v<State, ContestState>) {
            if (is_probing_) answer(connection_, state_->book, id_questions(state_->book, inputs));
        }
        for (std::size_t index = 0; index < inputs[0].size(); ++index) {
            const Input& input = inputs[0][index];
            if (end.log_time && input.place().log_time > *end.log_time) return false;
            const bool was_unknown =
                history.unknown_contests.contains({input.place().partition, input.place().offset});
            if (was_unknown && input.place().topic == Topic::trades) forget_home(input, true);
            const Verdict verdict = decide(connection_, *state_, inputs, 0, index, limits_);
            if (was_unknown && input.place().topic == Topic::trades) forget_home(input, false);
            if (verdict.outcome == Outcome::refused && input.place().topic == shard_.own_topic())
                keep_letter(input, verdict.error);
            position_.offsets[{input.place().topic, input.place().partition}] =
                input.place().offset + 1;
            note(position_.log_marks, input.place());
            ++unwritten_;
            ++applied_;
        }
        return true;
    }

    // Lets the record find its contest's home as free as it was the first time.
    void forget_home(const Input& input, bool is_free) {
        if (!input.event()) return;
        const std::string key = contest_home(key_of(*input.event()));
        if (is_free)
            state_->book.homes.learn(key, std::nullopt);
        else
            state_->book.homes.forget(key);
    }

    // The record's bytes go with the batch, long before it is written.
    void keep_letter(const Input& input, const Error& error) {
        DeadLetter letter = dead_letter_of(input, error, state_->seq);
        letter.kafka_key = refused_.emplace_back(letter.kafka_key);
        letter.value = refused_.emplace_back(letter.value);
        letters_.push_back(std::move(letter));
    }

    void write() {
        finish_batch(*state_);
        move_on(position_, *state_);
        position_.published_seq = position_.seq;
        platform::Pipeline pipeline{connection_};
        platform::Transaction transaction{pipeline};
        send_batch(pipeline, shard_, position_, *state_, 0);
        end_batch(pipeline, shard_, *state_, letters_);
        transaction.commit();
        settle(*state_);
        letters_.clear();
        refused_.clear();
        unwritten_ = 0;
    }

    ReplaySettings settings_;
    ShardId shard_;
    Connection& connection_;
    std::string epoch_;
    std::atomic<std::int64_t>& applied_;
    StretchReader reader_;
    Limits limits_;  // of the stretch
    ShardPosition position_;
    std::unique_ptr<State> state_;
    std::vector<DeadLetter> letters_;
    std::list<std::string> refused_;  // what the letters look at
    std::int64_t unwritten_{0};
    bool is_probing_{false};
};

}  // namespace

History read_history(Connection& connection, const ShardId& shard, std::int64_t seq) {
    History history{.journal = read_journal(connection, shard, seq), .unknown_contests = {}};
    const auto places = connection.exec(
        "select partition, \"offset\" from dead_letters"
        " where shard = $1 and seq > $2 and code = 'UNKNOWN_CONTEST'",
        Params{}.add(shard.number()).add(seq)
    );
    for (const auto place : places)
        history.unknown_contests.emplace(place.get<std::int32_t>(0), place.get<std::int64_t>(1));
    return history;
}

std::unique_ptr<Replay> Replay::make(
    const ReplaySettings& settings,
    const ShardId& shard,
    Connection& connection,
    const std::string& epoch,
    std::atomic<std::int64_t>& applied
) {
    if (shard.kind == ShardId::Kind::contest)
        return std::make_unique<ShardReplay<ContestState>>(
            settings, shard, connection, epoch, applied
        );
    return std::make_unique<ShardReplay<MarketState>>(settings, shard, connection, epoch, applied);
}

}  // namespace duel::projector
