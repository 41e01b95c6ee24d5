#include "wsserver/meters.hpp"

namespace duel::wsserver {
namespace {

constexpr std::array<std::string_view, 35> kTypesOut{
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
    "MONITOR_SNAPSHOT",
    "MONITOR_STATS",
    "MONITOR_EVENT",
    "CONNECTION_CLOSING",
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
constexpr std::array<std::string_view, 7>
    kTypesIn{"ping", "pong", "authenticate", "demand", "unknown", "malformed", "other"};
constexpr auto* kDropped =
    "Messages that a client did not get: slow: states kept from one that reads too slowly; closed: "
    "what waited for one that was closed.";
constexpr std::array<const char*, 6>
    kQuestions{"snapshot", "events", "portfolios", "epoch", "tokens", "baseline"};

}  // namespace

Meters::Meters(platform::Metrics& metrics)
    : attempts(metrics.counter("duel_ws_attempts_total", "TCP connections accepted.")),
      accepted(metrics.counter("duel_ws_accepts_total", "Upgrades to WebSocket.")),
      deliveries(metrics.counter(
          "duel_ws_deliveries_total",
          "Messages put in line for clients: one for each client that gets it."
      )),
      given_up(metrics.counter("duel_ws_dropped_total", kDropped, {{"reason", "closed"}})),
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
      monitor_events_lost(metrics.counter(
          "duel_ws_monitor_events_lost_total",
          "Lifecycle events that came too many at once for admins to be told."
      )),
      queue_bytes(metrics.gauge("duel_ws_queue_bytes", "Bytes waiting for clients.")),
      feed_lag(metrics.gauge(
          "duel_ws_feed_lag_seconds",
          "How long the newest record of the feed waits to be worked off; 0: caught up."
      )),
      channels(metrics.gauge("duel_ws_channels", "Channels that are followed.")),
      recent_bytes(metrics.gauge("duel_ws_recent_bytes", "Event messages kept for resumption.")),
      latency(metrics.histogram(
          "duel_ws_latency_seconds",
          "From the feed record's log append to the write to the client's socket.",
          platform::Metrics::latency_buckets()
      )),
      feed_to_hub(metrics.histogram(
          "duel_ws_feed_to_hub_seconds",
          "From the feed record's log append until the hub takes it.",
          platform::Metrics::latency_buckets()
      )),
      hub_to_socket(metrics.histogram(
          "duel_ws_hub_to_socket_seconds",
          "From the hub's hand-over to the write to the client's socket.",
          platform::Metrics::latency_buckets()
      )),
      handshake(metrics.histogram(
          "duel_ws_tls_handshake_seconds",
          "From the TCP connection to the end of its TLS handshake, the client's part included.",
          platform::Metrics::latency_buckets()
      )),
      metrics_(metrics),
      conflated_(metrics.counter(
          "duel_ws_conflated_total",
          "Changes that a later one replaced before they were sent."
      )),
      withheld_(metrics.counter("duel_ws_dropped_total", kDropped, {{"reason", "slow"}})),
      snapshots_(
          metrics.counter("duel_ws_snapshots_total", "Snapshots that subscribers waited for.")
      ),
      snapshot_subscribers_(metrics.counter(
          "duel_ws_snapshot_subscribers_total",
          "Subscribers that such a snapshot began; above duel_ws_snapshots_total: they shared it."
      )),
      gaps_(metrics.counter("duel_ws_feed_gaps_total", "Gaps in the feed, filled from Postgres.")) {
    out_ = types("out", " written to clients.", kTypesOut);
    in_ = types("in", " of clients.", kTypesIn);
    for (const auto* what : kQuestions)
        snapshot_queries.push_back(
            &counter("duel_ws_snapshot_queries_total", "Questions to Postgres.", "what", what)
        );
    for (const auto& endpoint : kEndpoints)
        connected_[endpoint.name] = &metrics.gauge(
            "duel_ws_connected", "Connected clients.", {{"endpoint", std::string{endpoint.name}}}
        );
    for (std::size_t i = 0; i < recoveries_.size(); ++i)
        recoveries_[i] = &counter(
            "duel_ws_resumes_total",
            "Subscriptions by how they were taken up.",
            "outcome",
            std::string{kWords<Recovery>[i]}
        );
}

Meters::Types Meters::types(
    const std::string& direction,
    const std::string& words,
    std::span<const std::string_view> names
) {
    Types made;
    for (const auto name : names) {
        const std::string type{name};
        const auto prefix = [&](const char* what) {
            return std::string{"duel_ws_"} + what + direction + "_total";
        };
        made.by_type_[name] = {
            &counter(prefix("messages_"), "Messages" + words, "type", type),
            &counter(prefix("bytes_"), "Payload bytes" + words, "type", type)};
    }
    return made;
}

void Meters::Types::add(const Amount& amount) const {
    if (amount.messages == 0) return;
    const auto found = by_type_.find(amount.type);
    const auto& pair = found == by_type_.end() ? by_type_.at("other") : found->second;
    pair.messages->Increment(static_cast<double>(amount.messages));
    pair.bytes->Increment(static_cast<double>(amount.bytes));
}

prometheus::Histogram& Meters::loop_delay(unsigned number) {
    return metrics_.histogram(
        "duel_ws_loop_delay_seconds",
        "How late the tick of a thread of connections is: what everything on it waits.",
        platform::Metrics::latency_buckets(),
        {{"loop", std::to_string(number)}}
    );
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
    if (counts.snapshots > 0) {
        snapshots_.Increment(static_cast<double>(counts.snapshots));
        snapshot_subscribers_.Increment(static_cast<double>(counts.snapshot_subscribers));
    }
    if (counts.gaps > 0) gaps_.Increment(static_cast<double>(counts.gaps));
}

}  // namespace duel::wsserver
