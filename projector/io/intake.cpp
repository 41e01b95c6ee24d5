#include "projector/io/intake.hpp"

#include "platform/log.hpp"
#include "platform/thread_name.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kHandOverAt = 500;
constexpr std::size_t kBytesOfUsual = 2'000;  // of a record; longer ones count as several
constexpr std::int64_t kGatherAt = 10'000;    // records that are there
constexpr auto kGather = 50ms;                // at most
constexpr auto kTicksWait = 25ms;             // in a contest shard, for a trade or each other
constexpr auto kAskForEnds = 2s;
constexpr auto kIdleWait = 100ms;  // a new record or the end of this object cuts it short

Timestamp wall_clock() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

bool ends_contest(const Arrival& arrival) {
    return arrival.event && std::holds_alternative<ContestCompleted>(*arrival.event);
}

}  // namespace

Intake::Intake(
    const ShardId& shard,
    const IntakeSettings& settings,
    const Offsets& from,
    StateHook on_state
)
    : settings_{settings},
      name_{shard.name()},
      own_topic_{shard.own_topic()},
      consumer_{
          settings.kafka,
          {.client_id = "duel-projector-" + shard.name()},
          std::move(on_state)},
      log_guard_{settings.kafka, name_, from, settings.log_marks} {
    for (const auto& [id, offset] : from) {
        std::unique_ptr<SharedPrices::Follower> follower;
        if (id.first == Topic::prices && settings_.prices != nullptr &&
            id.second < settings_.prices->partitions())
            follower = settings_.prices->follow(id.second, offset, [this] { consumer_.wake(); });
        lanes_.push_back(std::make_unique<Lane>(
            consumer_, arrival_reader_, id.first, id.second, offset, std::move(follower)
        ));
    }
    thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

Intake::~Intake() {
    thread_.request_stop();
    consumer_.wake();
    changed_.notify_all();
}

Inputs Intake::take(std::size_t most, std::chrono::milliseconds longest) {
    Inputs taken;
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, longest, [this] { return !queue_.empty() || failure_; });
    if (!queue_.empty() && !is_urgent_)
        changed_.wait_for(lock, kTicksWait, [this] { return is_urgent_ || is_full() || failure_; });
    if (lag() >= kGatherAt) {
        changed_.wait_for(lock, kGather, [this] {
            return queued_ >= std::size_t{kGatherAt} || is_full() || failure_;
        });
    }
    if (queue_.empty() && failure_) std::rethrow_exception(failure_);
    for (std::size_t count = 0; count < most && !queue_.empty();) {
        count += queue_.front().size();
        queued_ -= queue_.front().size();
        queued_bytes_ -= queue_.front().bytes();
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    if (queue_.empty()) is_urgent_ = false;
    lock.unlock();
    changed_.notify_all();
    return taken;
}

std::size_t Intake::queued() const {
    const std::scoped_lock lock{mutex_};
    return queued_;
}

void Intake::run(const std::stop_token& stop) {
    platform::name_thread("read " + name_);
    try {
        while (!stop.stop_requested()) {
            if (settings_.heartbeat) settings_.heartbeat->beat();
            {
                std::unique_lock lock{mutex_};
                if (!changed_.wait_for(lock, stop, 1s, [this] { return !is_full(); })) continue;
            }
            for (const auto& lane : lanes_)
                fill(*lane);
            bool advanced = false;
            while (merged_.size() < kHandOverAt && advance())
                advanced = true;
            note_lag();
            hand_over();
            if (!advanced) consumer_.wait(smallest_head() < lanes_.size() ? 1ms : kIdleWait);
        }
    } catch (...) {
        const std::scoped_lock lock{mutex_};
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

void Intake::fill(Lane& lane) {
    const auto& error = lane.fill();
    if (!error) return;
    if (error->kind == platform::PartitionError::Kind::offset_out_of_range)
        throw LogMismatch(fmt::format(
            "the log no longer has the record that {} stands at: {}", name_, error->text
        ));
    // A partition that is not there may come back as another topic, with other records at the same
    // offsets; what else is wrong with it may mend, but not in silence.
    throw LogGone(fmt::format("{} cannot read on: {}", name_, error->text));
}

bool Intake::is_full() const {
    return queued_ >= settings_.queue_records ||
           queued_bytes_ >= settings_.queue_records * kBytesOfUsual;
}

bool Intake::has_all_heads() const {
    return std::ranges::all_of(lanes_, [](const auto& lane) { return lane->has_head(); });
}

// Which lane has it; their number where none has.
std::size_t Intake::smallest_head(const Lane* but_for) const {
    std::size_t smallest = lanes_.size();
    for (std::size_t n = 0; n < lanes_.size(); ++n) {
        if (!lanes_[n]->has_head() || lanes_[n].get() == but_for) continue;
        if (smallest == lanes_.size() || lanes_[n]->key() < lanes_[smallest]->key()) smallest = n;
    }
    return smallest;
}

// Takes the next records of the order, if it is known which those are.
bool Intake::advance() {
    const std::size_t n = smallest_head();
    if (n == lanes_.size()) return false;
    if (!may_pass(*lanes_[n]) || !is_fair(*lanes_[n])) return false;
    move_run(n);
    return true;
}

// Nothing that belongs before the head can still come, or it was waited for long enough.
bool Intake::may_pass(Lane& lane) {
    if (has_all_heads()) return true;
    const auto may_still_give = [&](const auto& other) {
        return !other->has_head() && !other->is_caught_up();
    };
    auto& since = lane.waiting().since;
    if (!since) since = std::chrono::steady_clock::now();
    if (std::ranges::any_of(lanes_, may_still_give)) return false;
    return wall_clock() - lane.key().log_time >= settings_.merge_wait ||
           std::chrono::steady_clock::now() - *since >= settings_.merge_wait;
}

bool Intake::is_fair(Lane& lane) {
    if (!ends_contest(lane.head())) return true;
    auto& ends = lane.waiting().fair_ends;
    if (!ends) {
        std::vector<platform::PartitionId> asked;
        for (const auto& other : lanes_) {
            if (other->topic() == Topic::prices)
                asked.push_back({std::string{text(Topic::prices)}, other->partition()});
        }
        try {
            ends = consumer_.ends(asked, kAskForEnds);
        } catch (const platform::KafkaError& error) {
            platform::log::debug("{}: cannot ask where prices end: {}", name_, error.what());
            return false;
        }
    }
    auto end = ends->begin();
    for (const auto& other : lanes_) {
        if (other->topic() != Topic::prices) continue;
        const std::int64_t wanted = *end++;
        if (!other->has_head() && other->read_up_to() < wanted) return false;
    }
    return true;
}

// Moves the head of a lane, and what follows it there as long as that is as sure to be next.
void Intake::move_run(std::size_t n) {
    Lane& lane = *lanes_[n];
    const Timestamp sure_up_to =
        has_all_heads() ? Timestamp::max() : wall_clock() - settings_.merge_wait;
    const std::size_t second = smallest_head(&lane);
    const auto is_next = [&] {
        return lane.key().log_time <= sure_up_to && !ends_contest(lane.head()) &&
               (second == lanes_.size() || lane.key() < lanes_[second]->key());
    };
    is_merged_urgent_ = is_merged_urgent_ || lane.topic() == own_topic_;
    do {
        log_guard_.note(n, lane.head().place);
        lane.move_head(merged_, stretch_.take(lane.key()));
    } while (lane.has_head() && merged_.size() < kHandOverAt && is_next());
    if (lane.has_head()) return;
    for (const auto& other : lanes_)
        fill(*other);
}

void Intake::hand_over() {
    std::uint64_t interruptions = consumer_.interruptions();
    if (settings_.prices != nullptr) interruptions += settings_.prices->interruptions();
    if (merged_.empty() || !log_guard_.may_hand_over(interruptions)) return;
    {
        const std::scoped_lock lock{mutex_};
        queued_ += merged_.size();
        queued_bytes_ += merged_.bytes();
        queue_.push_back(std::move(merged_));
        is_urgent_ = is_urgent_ || is_merged_urgent_;
    }
    merged_ = {};
    is_merged_urgent_ = false;
    for (const auto& lane : lanes_)
        lane->begin_chunk();
    changed_.notify_all();
}

void Intake::note_lag() {
    auto lag = static_cast<std::int64_t>(queued() + merged_.size());
    for (const auto& lane : lanes_)
        lag += lane->lag();
    lag_.store(lag, std::memory_order_relaxed);
}

}  // namespace duel::projector
