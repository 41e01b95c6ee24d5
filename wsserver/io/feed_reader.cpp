#include "wsserver/io/feed_reader.hpp"

#include "platform/backoff.hpp"
#include "platform/log.hpp"
#include "wsserver/io/clock.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

using std::chrono::milliseconds;

constexpr int kMostInFlight = 16;
constexpr milliseconds kAnswerWithin{5'000};
constexpr milliseconds kJudgeEvery{250};

}  // namespace

FeedReader::FeedReader(
    const platform::KafkaSettings& kafka,
    const FeedSettings& settings,
    const platform::Shutdown& shutdown,
    platform::Health& health,
    Hooks hooks
)
    : kafka_(kafka),
      settings_(settings),
      shutdown_(shutdown),
      health_(health),
      hooks_(std::move(hooks)),
      in_flight_(std::make_shared<InFlight>()) {
    health_.expect(settings_.topic, "not read yet");
    if (settings_.most_behind) health_.expect(settings_.topic + " lag", "not read yet");
    thread_ = std::thread{[this] { run(); }};
}

FeedReader::~FeedReader() {
    thread_.join();
}

void FeedReader::run() {
    platform::Consumer consumer{
        kafka_, {.client_id = "duel-wsserver"}, [this](bool up, const std::string& reason) {
            if (!up || is_reading_) health_.set(settings_.topic, up, reason);
        }};
    platform::Backoff backoff;
    bool is_first = true;
    while (!shutdown_.requested()) {
        try {
            if (!begin(consumer)) {
                shutdown_.wait_for(backoff.next());
                continue;
            }
            if (!std::exchange(is_first, false)) hooks_.on_lost_place();
            while (!shutdown_.requested() && read(consumer)) {
                if (is_reading_) backoff.reset();
            }
        } catch (const platform::KafkaError& error) {
            is_reading_ = false;
            health_.set(settings_.topic, false, error.what());
            shutdown_.wait_for(backoff.next());
        }
    }
    // Their records live in the consumer's memory.
    while (in_flight_->batches.load() > 0)
        std::this_thread::sleep_for(milliseconds{1});
}

// Assigns every partition, some records before its end. False while there is no such topic.
bool FeedReader::begin(platform::Consumer& consumer) {
    const auto partitions = consumer.partition_count(settings_.topic, kAnswerWithin);
    if (partitions == 0) {
        health_.set(settings_.topic, false, "there is no topic " + settings_.topic + " yet");
        return false;
    }
    std::vector<platform::StartPosition> positions;
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
        const auto marks = consumer.watermarks({settings_.topic, partition}, kAnswerWithin);
        positions.push_back(
            {settings_.topic, partition, std::max(marks.low, marks.high - settings_.recent_records)}
        );
        in_flight_->progress.begin(partition, clock_now());
        if (hooks_.on_begun) hooks_.on_begun(partition, marks.high);
    }
    consumer.assign(positions);
    is_reading_ = false;
    platform::log::info("{}: reading {} partitions", settings_.topic, partitions);
    return true;
}

// One round over all partitions. False when a partition lost its place; KafkaError where it cannot
// be read at all.
bool FeedReader::read(platform::Consumer& consumer) {
    bool found = false;
    for (const auto& partition : consumer.partitions()) {
        if (const auto& error = partition->error()) {
            if (error->kind != platform::PartitionError::Kind::offset_out_of_range)
                throw platform::KafkaError(0, error->text);
            platform::log::warn("{}: {}; beginning anew", settings_.topic, error->text);
            return false;
        }
        auto* in_flight = new std::vector<platform::Record>;
        FeedBatch batch{in_flight, [shared = in_flight_](std::vector<platform::Record>* records) {
                            if (!records->empty()) {
                                const auto& last = records->back();
                                shared->progress.worked_off(
                                    last.partition(), last.offset() + 1, last.log_time_ms()
                                );
                            }
                            delete records;
                            shared->batches.fetch_sub(1);
                        }};
        in_flight_->batches.fetch_add(1);
        if (partition->read(*batch, settings_.batch) == 0) continue;
        found = true;
        in_flight_->progress.handed(partition->partition(), batch->back().offset() + 1);
        hooks_.on_batch(std::move(batch));
        hold_back(consumer);
    }
    judge(consumer);
    if (!is_reading_) note_reading(consumer, found);
    if (!found) consumer.wait(milliseconds{100});
    return true;
}

// That partitions are assigned does not say that they may be read: the first answers do.
void FeedReader::note_reading(const platform::Consumer& consumer, bool found) {
    const auto is_answered = [](const auto& partition) { return partition->is_caught_up(); };
    is_reading_ = found || std::ranges::all_of(consumer.partitions(), is_answered);
    if (is_reading_) health_.set(settings_.topic, true);
}

void FeedReader::hold_back(const platform::Consumer& consumer) {
    while (in_flight_->batches.load() > kMostInFlight && !shutdown_.requested()) {
        judge(consumer);
        std::this_thread::sleep_for(milliseconds{1});
    }
}

// Whether what clients get is as new as the topic, now and then.
void FeedReader::judge(const platform::Consumer& consumer) {
    const auto now = clock_now();
    if (!settings_.most_behind || now.steady < next_judgement_) return;
    next_judgement_ = now.steady + kJudgeEvery;
    Duration behind{};
    for (const auto& partition : consumer.partitions())
        behind = std::max(
            behind,
            in_flight_->progress.behind(partition->partition(), partition->is_caught_up(), now)
        );
    if (hooks_.on_behind) hooks_.on_behind(behind);
    const bool is_near = behind <= *settings_.most_behind;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(behind).count();
    health_.set(
        settings_.topic + " lag",
        is_near,
        is_near ? "" : std::to_string(seconds) + " s behind the end of the topic"
    );
}

}  // namespace duel::wsserver
