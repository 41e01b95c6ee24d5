#include "ingest/io/sender.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <fmt/format.h>
#include <thread>

namespace duel::ingest {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPollEvery = 256;  // records
constexpr auto kLongestPoll = 50ms;        // so that an interruption is noticed
constexpr auto kFlushAfterStop = 10s;

platform::ProducerSettings producer_settings() {
    platform::ProducerSettings settings;
    settings.client_id = "duel-ingest";
    return settings;
}

Pacing::Now now() {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace

Sender::Sender(
    const platform::KafkaSettings& kafka,
    IngestMetrics& metrics,
    const platform::Shutdown& shutdown,
    platform::KafkaStateHook on_state
)
    : metrics_{metrics},
      shutdown_{shutdown},
      producer_{
          kafka,
          producer_settings(),
          [this](const platform::Delivery& delivery) {
              if (delivery.ok())
                  static_cast<prometheus::Counter*>(delivery.token)->Increment();
              else if (first_failure_.empty())
                  first_failure_ = fmt::format("topic {}: {}", delivery.topic, delivery.error);
          },
          std::move(on_state)} {}

SendOutcome Sender::send(Source& source, const Pace& pace) {
    Pacing pacing{pace};
    OutgoingRecord record;
    Refusal refusal;
    while (true) {
        if (shutdown_.requested() && !outcome_.is_interrupted) {
            outcome_.is_interrupted = true;
            outcome_.fraction = source.fraction();
            source.stop();
        }
        const Source::Step step = source.next(record, refusal);
        if (step == Source::Step::end) {
            // A pipe that gave nothing ends where the program was stopped.
            outcome_.is_interrupted = outcome_.is_interrupted || shutdown_.requested();
            break;
        }
        if (step == Source::Step::refused) {
            ++outcome_.refused;
            metrics_.refused().Increment();
            printer_.note(fmt::format("{}:{}: {}", refusal.file, refusal.line, refusal.reason));
            continue;
        }
        const bool has_waited = hold(pacing, record.at);
        take(record);
        if (++taken_ % kPollEvery != 0 && !has_waited) continue;
        producer_.poll();
        check_deliveries();
        if (printer_.is_due()) show_progress(source);
    }
    outcome_.undelivered = flush(source);
    check_deliveries();
    outcome_.delivered = producer_.delivered();
    outcome_.elapsed = printer_.elapsed();
    return outcome_;
}

void Sender::take(const OutgoingRecord& record) {
    void* token = &metrics_.produced(record.type);
    // False only for a full queue after an interruption: flush() waits for what is in it.
    if (!producer_.produce(text(record.topic), record.key, record.value, shutdown_.flag(), token))
        ++outcome_.undelivered;
}

// Waits for the event's turn and serves the producer meanwhile; false where there was nothing to
// wait for. After an interruption there are no turns.
bool Sender::hold(Pacing& pacing, Timestamp at) {
    const auto start = now();
    auto left = pacing.wait(at, start);
    if (left <= 0ns) return false;
    const auto until = start + left;
    for (; left > 0ns && !shutdown_.requested(); left = until - now()) {
        const auto whole = std::chrono::floor<std::chrono::milliseconds>(left);
        if (whole < 2ms)
            std::this_thread::sleep_for(left);
        else
            producer_.poll(std::min<std::chrono::milliseconds>(whole, kLongestPoll));
    }
    return true;
}

void Sender::show_progress(const Source& source) {
    metrics_.queue().Set(static_cast<double>(producer_.outstanding()));
    printer_.show(
        {.events = producer_.delivered(),
         .refused = outcome_.refused,
         .elapsed = printer_.elapsed(),
         .fraction = source.fraction()}
    );
}

// How many records were given up.
std::size_t Sender::flush(const Source& source) {
    auto give_up = std::chrono::steady_clock::time_point::max();
    while (true) {
        const std::size_t left = producer_.flush(200ms);
        check_deliveries();
        if (printer_.is_due()) show_progress(source);
        if (left == 0) return outcome_.undelivered;
        if (!shutdown_.requested()) continue;
        outcome_.is_interrupted = true;
        const auto time = std::chrono::steady_clock::now();
        if (give_up == std::chrono::steady_clock::time_point::max())
            give_up = time + kFlushAfterStop;
        if (time < give_up) continue;
        producer_.purge();
        return outcome_.undelivered + left;
    }
}

void Sender::check_deliveries() const {
    if (outcome_.undelivered == 0 && !first_failure_.empty())
        throw platform::KafkaError{RD_KAFKA_RESP_ERR_UNKNOWN, first_failure_};
}

}  // namespace duel::ingest
