#include "ingest/io/tick_sink.hpp"

#include "platform/log.hpp"

#include <fmt/format.h>

namespace duel::ingest {
namespace {

// More than that unanswered, and Kafka takes nothing at the moment.
constexpr std::size_t kMostOnTheWay = 20'000;
// That Kafka let in and refused to take anything from.
constexpr std::chrono::seconds kBetweenProducers{5};

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
    : kafka_{kafka},
      metrics_{metrics},
      health_{health},
      dropped_{metrics.all().counter(
          "duel_ingest_dropped_ticks_total",
          "Ticks dropped for newer ones of their symbol while Kafka took nothing."
      )},
      refusals_{metrics.all().counter(
          "duel_ingest_refused_records_total",
          "Records that Kafka refused, which are lost."
      )} {
    begin();
}

void TickSink::begin() {
    producer_.emplace(
        kafka_,
        producer_settings(),
        [this](const platform::Delivery& delivery) { on_delivery(delivery); },
        [this](bool up, const std::string& reason) {
            is_up_ = up;
            if (!up || refused_.empty()) health_.set("kafka", up, reason);
        }
    );
}

// Ticks wait meanwhile, the newest of each symbol.
void TickSink::give_up(const platform::KafkaError& error) {
    if (!error.is_refusal()) throw;
    health_.set("kafka", false, error.what());
    platform::log::warn("{}; trying again in {} s", error.what(), kBetweenProducers.count());
    refusals_.Increment(static_cast<double>(producer_->outstanding()));
    producer_.reset();
    next_producer_ = Clock::now() + kBetweenProducers;
}

void TickSink::on_delivery(const platform::Delivery& delivery) {
    if (!delivery.ok()) {
        on_refused(delivery.topic, fmt::format("topic {}: {}", delivery.topic, delivery.error));
        return;
    }
    static_cast<prometheus::Counter*>(delivery.token)->Increment();
    if (refused_.empty()) return;
    refused_.erase(std::string{delivery.topic});
    if (refused_.empty()) health_.set("kafka", true);
}

void TickSink::on_refused(std::string_view topic, const std::string& reason) {
    refusals_.Increment();
    refused_.emplace(topic);
    health_.set("kafka", false, reason);
}

bool TickSink::takes() const {
    return producer_ && is_up_ && producer_->outstanding() < kMostOnTheWay;
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
    try {
        producer_->produce(text(record_.topic), record_.key, record_.value, never_wait_, token);
    } catch (const platform::KafkaError& error) {
        if (!error.is_refusal()) throw;
        on_refused(text(record_.topic), error.what());
    }
}

void TickSink::poll() {
    if (!producer_ && Clock::now() >= next_producer_) begin();
    if (!producer_) return;
    try {
        producer_->poll();
        metrics_.queue().Set(static_cast<double>(producer_->outstanding()));
        while (!waiting_.empty() && takes())
            produce(Event{*waiting_.take()});
    } catch (const platform::KafkaError& error) {
        give_up(error);
    }
}

std::size_t TickSink::flush(std::chrono::milliseconds longest) {
    poll();
    if (!producer_) return waiting_.size();
    try {
        producer_->flush(longest);
    } catch (const platform::KafkaError& error) {
        if (!error.is_refusal()) throw;
        health_.set("kafka", false, error.what());
    }
    const auto left = producer_->outstanding();
    if (left > 0) producer_->purge();
    return left + waiting_.size();
}

}  // namespace duel::ingest
