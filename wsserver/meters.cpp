#include "wsserver/meters.hpp"

namespace duel::wsserver {
namespace {

constexpr std::array<std::string_view, 31> kTypesOut{
    "PORTFOLIO_UPDATED",
    "TRADE_EXECUTED",
    "PRICE_UPDATED",
    "CONTEST_UPDATED",
    "LEADERBOARD_UPDATED",
    "PARTICIPANT_ACTIVITY",
    "MARKET_PRICE",
    "MARKET_VOLUME",
    "MARKET_SENTIMENT",
    "SUBSCRIBED",
    "UNSUBSCRIBED",
    "ERROR",
    "AUTHENTICATED",
    "TOKEN_EXPIRING",
    "SERVER_SHUTDOWN",
    "token_update",
    "token_data",
    "token_metadata",
    "tokens_subscribed",
    "tokens_unsubscribed",
    "SERVER_STATUS_UPDATE",
    "health:update",
    "metrics:update",
    "breaker:trip",
    "breaker:reset",
    "error",
    "connection_status",
    "authentication_result",
    "ping",
    "pong",
    "other"};
constexpr std::array<std::string_view, 6>
    kTypesIn{"ping", "pong", "authenticate", "demand", "unknown", "malformed"};
constexpr std::array<const char*, 6>
    kQuestions{"snapshot", "events", "portfolios", "epoch", "tokens", "baseline"};

}  // namespace

Meters::Meters(platform::Metrics& metrics)
    : attempts(metrics.counter("duel_ws_attempts_total", "TCP connections accepted.")),
      accepted(metrics.counter("duel_ws_accepts_total", "Upgrades to WebSocket.")),
      bytes_out(metrics.counter("duel_ws_bytes_out_total", "Payload bytes written to clients.")),
      feed_records(metrics.counter("duel_ws_feed_records_total", "Records of the feed worked off.")
      ),
      feed_skipped(metrics.counter(
          "duel_ws_feed_skipped_total",
          "Records of the feed that nobody follows, not decoded."
      )),
      feed_refused(metrics.counter(
          "duel_ws_feed_refused_total",
          "Records of the feed that could not be decoded."
      )),
      snapshot_failures(metrics.counter(
          "duel_ws_snapshot_failures_total",
          "Questions to Postgres that failed and were repeated."
      )),
      queue_bytes(metrics.gauge("duel_ws_queue_bytes", "Bytes waiting for clients.")),
      channels(metrics.gauge("duel_ws_channels", "Channels that are followed.")),
      recent_bytes(metrics.gauge("duel_ws_recent_bytes", "Event messages kept for resumption.")),
      latency(metrics.histogram(
          "duel_ws_latency_seconds",
          "From the feed record's log append to the write to the client's socket.",
          platform::Metrics::latency_buckets()
      )),
      metrics_(metrics),
      conflated_(metrics.counter(
          "duel_ws_conflated_total",
          "Changes that a later one replaced before they were sent."
      )),
      withheld_(metrics.counter(
          "duel_ws_withheld_total",
          "State messages kept from clients that read too slowly."
      )),
      gaps_(metrics.counter("duel_ws_feed_gaps_total", "Gaps in the feed, filled from Postgres.")) {
    for (const auto type : kTypesOut)
        out_[type] = &counter(
            "duel_ws_messages_out_total", "Messages written to clients.", "type", std::string{type}
        );
    for (const auto type : kTypesIn)
        in_[type] = &counter(
            "duel_ws_messages_in_total", "Messages of clients.", "type", std::string{type}
        );
    for (const auto* what : kQuestions)
        snapshot_queries.push_back(
            &counter("duel_ws_snapshot_queries_total", "Questions to Postgres.", "what", what)
        );
    for (const auto& endpoint : kEndpoints)
        connected_[endpoint.name] = &metrics.gauge(
            "duel_ws_connected", "Connected clients.", {{"endpoint", std::string{endpoint.name}}}
        );
    for (std::size_t i = 0; i < kRecoveries.size(); ++i)
        recoveries_[i] = &counter(
            "duel_ws_resumes_total",
            "Subscriptions by how they were taken up.",
            "outcome",
            std::string{kRecoveries[i]}
        );
}

void Meters::sent(const Sent& sent) const {
    if (sent.messages == 0) return;
    const auto found = out_.find(sent.type);
    (found == out_.end() ? out_.at("other") : found->second)
        ->Increment(static_cast<double>(sent.messages));
    bytes_out.Increment(static_cast<double>(sent.bytes));
}

void Meters::received(std::string_view type) const {
    in_.at(type)->Increment();
}

prometheus::Gauge& Meters::connected(const Endpoint& endpoint) const {
    return *connected_.at(endpoint.name);
}

void Meters::add(const Counts& counts) {
    for (std::size_t i = 0; i < counts.recoveries.size(); ++i)
        if (counts.recoveries[i] > 0)
            recoveries_[i]->Increment(static_cast<double>(counts.recoveries[i]));
    if (counts.conflated > 0) conflated_.Increment(static_cast<double>(counts.conflated));
    if (counts.withheld > 0) withheld_.Increment(static_cast<double>(counts.withheld));
    if (counts.gaps > 0) gaps_.Increment(static_cast<double>(counts.gaps));
}

}  // namespace duel::wsserver
