#include "ingest/io/tick_sink.hpp"

namespace duel::ingest {
namespace {

// More than that unanswered, and Kafka takes nothing at the moment.
constexpr std::size_t kMostOnTheWay = 20'000;

platform::ProducerSettings producer_settings() {
    platform::ProducerSettings settings;
    settings.client_id = "duel-ingest";
    return settings;
}

}  // namespace

TickSink::TickSink(
    const platform::KafkaSettings& kafka,
    IngestMetrics& metrics,
    platform::Health& health
)
    : metrics_{metrics},
      dropped_{metrics.all().counter(
          "duel_ingest_dropped_ticks_total",
          "Ticks dropped for newer ones of their symbol while Kafka took nothing."
      )},
      producer_{
          kafka,
          producer_settings(),
          [](const platform::Delivery& delivery) {
              if (delivery.ok()) static_cast<prometheus::Counter*>(delivery.token)->Increment();
          },
          [this, &health](bool up, const std::string& reason) {
              is_up_ = up;
              health.set("kafka", up, reason);
          }} {}

bool TickSink::takes() const {
    return is_up_ && producer_.outstanding() < kMostOnTheWay;
}

void TickSink::send(const Event& tick) {
    if (waiting_.empty() && takes())
        produce(tick);
    else if (waiting_.keep(std::get<Price>(tick)))
        dropped_.Increment();
}

void TickSink::send_status(const Event& status) {
    if (takes()) produce(status);
}

void TickSink::produce(const Event& event) {
    encode_record(event, record_);
    void* token = &metrics_.produced(record_.type);
    producer_.produce(text(record_.topic), record_.key, record_.value, never_wait_, token);
}

void TickSink::poll() {
    producer_.poll();
    metrics_.queue().Set(static_cast<double>(producer_.outstanding()));
    while (!waiting_.empty() && takes())
        produce(Event{*waiting_.take()});
}

std::size_t TickSink::flush(std::chrono::milliseconds longest) {
    poll();
    const auto left = producer_.flush(longest);
    if (left > 0) producer_.purge();
    return left;
}

}  // namespace duel::ingest
