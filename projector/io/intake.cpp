#include "projector/io/intake.hpp"

#include "platform/log.hpp"
#include "platform/thread_name.hpp"
#include "projector/io/log_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <ranges>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kReadAtOnce = 1'000;
constexpr std::size_t kHandOverAt = 500;
constexpr auto kAskForEnds = 2s;
constexpr auto kLookAtLog = 1s;
constexpr auto kIdleWait = 100ms;  // a new record or the end of this object cuts it short

Timestamp wall_clock() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace

// One partition: what was fetched of it and not merged yet.
struct Intake::Lane {
    platform::PartitionReader* reader{nullptr};
    Topic topic{Topic::trades};
    std::vector<platform::Record> fetched;
    std::size_t next{0};

    // By which the log is known again: what was handed over, and with what was merged since.
    std::int64_t handed_over{0};  // the offset after it
    std::optional<LogMark> mark;
    std::int64_t merged{0};
    std::optional<LogMark> merged_mark;

    // Without a head: whether nothing more is known to be waiting. Asked once after every fill().
    std::optional<bool> caught_up;

    // Of the head, once it was looked at.
    std::optional<MergeKey> head_key;
    std::optional<Result<Event>> decoded;
    std::optional<SteadyTime> seen_at;
    std::optional<std::vector<std::int64_t>> fair_ends;  // of the price partitions

    bool has_head() const { return next < fetched.size(); }
    const platform::Record& head() const { return fetched[next]; }
    Place place() const { return {topic, head().partition(), head().offset(), head().log_time()}; }
    const MergeKey& key() {
        if (!head_key) head_key = MergeKey::of(place());
        return *head_key;
    }
    bool is_caught_up() {
        if (!caught_up)
            caught_up = !reader->has_more() && (reader->at_end() || reader->known_watermarks());
        return *caught_up;
    }
};

Intake::Intake(
    const ShardId& shard,
    const IntakeSettings& settings,
    const Offsets& from,
    StateHook on_state
)
    : settings_{settings},
      name_{shard.name()},
      consumer_{
          settings.kafka,
          {.client_id = "duel-projector-" + shard.name()},
          std::move(on_state)} {
    std::vector<platform::StartPosition> positions;
    for (const auto& [partition, offset] : from)
        positions.push_back({std::string{text(partition.first)}, partition.second, offset});
    consumer_.assign(positions);
    for (const auto& reader : consumer_.partitions()) {
        auto lane = std::make_unique<Lane>();
        lane->reader = reader.get();
        lane->topic = reader->topic() == text(Topic::trades) ? Topic::trades : Topic::prices;
        const std::pair partition{lane->topic, reader->partition()};
        lane->merged = from.at(partition);
        const auto mark = settings_.log_marks.find(partition);
        if (mark != settings_.log_marks.end()) lane->merged_mark = mark->second;
        lane->handed_over = lane->merged;
        lane->mark = lane->merged_mark;
        lanes_.push_back(std::move(lane));
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
    if (queue_.empty() && failure_) std::rethrow_exception(failure_);
    for (std::size_t count = 0; count < most && !queue_.empty();) {
        count += queue_.front().size();
        queued_ -= queue_.front().size();
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
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
                const auto has_room = [this] { return queued_ < settings_.queue_records; };
                if (!changed_.wait_for(lock, stop, 1s, has_room)) continue;
            }
            fill();
            bool advanced = false;
            while (merged_.size() < kHandOverAt && advance())
                advanced = true;
            note_lag();
            hand_over();
            if (!advanced) consumer_.wait(smallest_head() != nullptr ? 1ms : kIdleWait);
        }
    } catch (...) {
        const std::scoped_lock lock{mutex_};
        failure_ = std::current_exception();
        changed_.notify_all();
    }
}

void Intake::fill() {
    for (const auto& lane : lanes_) {
        if (lane->has_head()) continue;
        lane->caught_up.reset();
        lane->fetched.clear();
        lane->next = 0;
        lane->reader->read(lane->fetched, kReadAtOnce);
        const auto& error = lane->reader->error();
        if (!error) continue;
        if (error->kind == platform::PartitionError::Kind::offset_out_of_range)
            throw LogMismatch(fmt::format(
                "the log no longer has the record that {} stands at: {}", name_, error->text
            ));
        // It may come back as another topic, with other records at the same offsets.
        if (error->kind == platform::PartitionError::Kind::unknown_partition)
            throw LogGone(fmt::format("{} cannot read on: {}", name_, error->text));
    }
}

Intake::Lane* Intake::smallest_head() {
    Lane* smallest = nullptr;
    for (const auto& lane : lanes_) {
        if (lane->has_head() && (smallest == nullptr || lane->key() < smallest->key()))
            smallest = lane.get();
    }
    return smallest;
}

// Takes the next record of the order, if it is known which that is.
bool Intake::advance() {
    Lane* lane = smallest_head();
    if (lane == nullptr) return false;
    if (!lane->seen_at) lane->seen_at = std::chrono::steady_clock::now();
    if (!may_pass(*lane)) return false;
    if (!lane->decoded) lane->decoded = decoder_.decode(lane->topic, lane->head().value());
    if (!is_fair(*lane)) return false;
    emit(*lane);
    return true;
}

// Nothing that belongs before the head can still come, or it was waited for long enough.
bool Intake::may_pass(Lane& lane) {
    const auto has_head = [](const auto& other) { return other->has_head(); };
    if (std::ranges::all_of(lanes_, has_head)) return true;
    const auto may_still_give = [&](const auto& other) {
        return !other->has_head() && !other->is_caught_up();
    };
    if (std::ranges::any_of(lanes_, may_still_give)) return false;
    return wall_clock() - lane.key().log_time >= settings_.merge_wait ||
           std::chrono::steady_clock::now() - *lane.seen_at >= settings_.merge_wait;
}

bool Intake::is_fair(Lane& lane) {
    if (!*lane.decoded || !std::holds_alternative<ContestCompleted>(**lane.decoded)) return true;
    std::vector<platform::PartitionId> asked;
    for (const auto& other : lanes_) {
        if (other->topic == Topic::prices) asked.push_back(other->reader->id());
    }
    if (!lane.fair_ends) {
        try {
            lane.fair_ends = consumer_.ends(asked, kAskForEnds);
        } catch (const platform::KafkaError& error) {
            platform::log::debug("{}: cannot ask where prices end: {}", name_, error.what());
            return false;
        }
    }
    auto end = lane.fair_ends->begin();
    for (const auto& other : lanes_) {
        if (other->topic != Topic::prices) continue;
        const std::int64_t wanted = *end++;
        if (!other->has_head() && other->reader->next_offset() < wanted) return false;
    }
    return true;
}

void Intake::emit(Lane& lane) {
    const Place place = lane.place();
    const bool is_late = stretch_.take(lane.key());
    merged_.push_back({std::move(lane.fetched[lane.next]), place, std::move(*lane.decoded), is_late}
    );
    lane.merged = place.offset + 1;
    if (!lane.merged_mark) lane.merged_mark = {place.offset, place.log_time, place.log_time};
    lane.merged_mark->last_at = place.log_time;
    ++lane.next;
    lane.head_key.reset();
    lane.decoded.reset();
    lane.seen_at.reset();
    lane.fair_ends.reset();
    if (!lane.has_head()) fill();
}

// Looks at the log where it may have been replaced since the last look; false where that cannot be
// told now.
bool Intake::is_same_log() {
    const std::uint64_t interruptions = consumer_.interruptions();
    if (interruptions == interruptions_) return true;
    Offsets offsets;
    LogMarks marks;
    for (const auto& lane : lanes_) {
        const std::pair partition{lane->topic, lane->reader->partition()};
        offsets[partition] = lane->handed_over;
        if (lane->mark) marks[partition] = *lane->mark;
    }
    try {
        auto checker = make_checker(settings_.kafka);
        for (const auto& [partition, now] : look_at_log(checker, offsets, marks, kLookAtLog)) {
            const auto mark = marks.find(partition);
            const auto known = mark == marks.end() ? std::nullopt : std::optional{mark->second};
            if (const auto what = difference(offsets.at(partition), known, now))
                throw LogMismatch(
                    fmt::format("{}/{}: {}", text(partition.first), partition.second, *what)
                );
        }
    } catch (const platform::KafkaError& error) {
        platform::log::debug("{}: cannot look at the log: {}", name_, error.what());
        return false;
    }
    interruptions_ = interruptions;
    return true;
}

void Intake::hand_over() {
    if (merged_.empty() || !is_same_log()) return;
    for (const auto& lane : lanes_) {
        lane->handed_over = lane->merged;
        lane->mark = lane->merged_mark;
    }
    {
        const std::scoped_lock lock{mutex_};
        queued_ += merged_.size();
        queue_.push_back(std::move(merged_));
    }
    merged_.clear();
    merged_.reserve(kHandOverAt);
    changed_.notify_all();
}

void Intake::note_lag() {
    auto lag = static_cast<std::int64_t>(queued() + merged_.size());
    for (const auto& lane : lanes_) {
        lag += static_cast<std::int64_t>(lane->fetched.size() - lane->next);
        const auto marks = lane->reader->known_watermarks();
        if (marks && lane->reader->next_offset() >= 0)
            lag += std::max<std::int64_t>(0, marks->high - lane->reader->next_offset());
    }
    lag_.store(lag, std::memory_order_relaxed);
}

}  // namespace duel::projector
