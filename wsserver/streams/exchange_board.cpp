#include "wsserver/streams/exchange_board.hpp"

#include "wsserver/streams/streams.hpp"

#include <algorithm>

namespace duel::wsserver {
namespace {

// Of a source that does not say it: what is usual.
constexpr std::int64_t kFailureThreshold = 5;
constexpr std::int64_t kRecoveryTimeoutMs = 60'000;
constexpr std::int64_t kRequestLimit = 1;  // attempts at a time while half open

std::string_view health_of(const SourceStatus& status) {
    if (status.breaker == Breaker::open) return "failed";
    return status.breaker == Breaker::closed && status.failures == 0 ? "healthy" : "degraded";
}

// What a change is called, of a source that is heard.
std::string_view change_type(const SourceStatus& before, const SourceStatus& after) {
    if (before.breaker != after.breaker) {
        if (after.breaker == Breaker::open) return "breaker:trip";
        if (after.breaker == Breaker::closed) return "breaker:reset";
        return "health:update";
    }
    return health_of(before) != health_of(after) ? "health:update" : "metrics:update";
}

std::string_view circuit(Breaker breaker) {
    return breaker == Breaker::half_open ? "half-open" : text(breaker);
}

std::int64_t threshold_of(const SourceStatus& status) {
    return status.failure_threshold.value_or(kFailureThreshold);
}

Amount failure_rate(const SourceStatus& status) {
    if (status.breaker == Breaker::open) return Amount::from_integer(1);
    const auto threshold = std::max(threshold_of(status), std::int64_t{1});
    const auto failures = std::min(status.failures, threshold);
    return divide(Amount::from_integer(failures), Amount::from_integer(threshold));
}

}  // namespace

void ExchangeBoard::open(Peer& peer, Now now, Output& out) {
    followers_[peer.id] = &peer;
    catch_up(peer.id, now, out);
}

void ExchangeBoard::close(ConnectionId who) {
    followers_.erase(who);
}

void ExchangeBoard::catch_up(ConnectionId who, Now now, Output& out) {
    if (!followers_.contains(who)) return;
    for (const auto& [name, exchange] : exchanges_)
        out.deliveries.push_back({who, message("health:update", exchange, now)});
}

void ExchangeBoard::on_status(const SourceStatus& status, Instant heard, Now now, Output& out) {
    const auto [found, is_new] = exchanges_.try_emplace(status.source, Exchange{status});
    auto& exchange = found->second;
    exchange.heard = heard;
    const bool was_silent =
        std::exchange(exchange.is_silent, now.steady - heard >= kSilence) && !is_new;
    if (!is_new && status == exchange.newest && was_silent == exchange.is_silent) return;
    const auto before = std::exchange(exchange.newest, status);
    if (status.breaker == Breaker::open)
        exchange.last_failure = status.since;
    else if (status.failures > (is_new ? 0 : before.failures))
        exchange.last_failure = status.timestamp;
    if (status.breaker == Breaker::closed)
        exchange.recovery_attempts = 0;
    else if (status.breaker == Breaker::half_open && (is_new || before.breaker != status.breaker))
        ++exchange.recovery_attempts;

    const bool is_said_anew = is_new || was_silent != exchange.is_silent;
    if (is_said_anew && before.breaker == status.breaker)
        tell("health:update", exchange, now, out);
    else
        tell(change_type(before, status), exchange, now, out);
}

void ExchangeBoard::look_for_silence(Now now, Output& out) {
    for (auto& [name, exchange] : exchanges_) {
        if (exchange.is_silent || now.steady - exchange.heard < kSilence) continue;
        exchange.is_silent = true;
        tell("health:update", exchange, now, out);
    }
}

void ExchangeBoard::tell(std::string_view type, const Exchange& exchange, Now now, Output& out)
    const {
    const auto told = message(type, exchange, now);
    for (const auto& [who, peer] : followers_)
        if (peer->congested)
            ++out.counts.withheld;
        else
            out.deliveries.push_back({who, told});
}

// The last word of a silent source counts only where it is a bad one.
std::string_view ExchangeBoard::health(const Exchange& exchange) {
    const auto said = health_of(exchange.newest);
    return exchange.is_silent && said == "healthy" ? "degraded" : said;
}

std::optional<std::string> ExchangeBoard::error(const Exchange& exchange) {
    const auto& said = exchange.newest.last_error;
    if (!exchange.is_silent) return said;
    auto text = "nothing was heard of it for " + std::to_string(kSilence.count()) + " s";
    return said ? text + "; its last error: " + *said : text;
}

MessagePtr ExchangeBoard::message(std::string_view type, const Exchange& exchange, Now now) {
    const auto& status = exchange.newest;
    auto message = std::make_shared<Message>();
    message->type = type;
    JsonWriter writer{message->text};
    writer.begin_object().field("type", type).field("service", status.source);
    writer.key("data").begin_object().field("status", health(exchange));
    writer.key("circuit").begin_object().field("state", circuit(status.breaker));
    writer.field("failureCount", status.failures);
    // The one null on the wire: existing clients tell it from a text.
    if (exchange.last_failure)
        writer.field("lastFailure", *exchange.last_failure);
    else
        writer.field_raw("lastFailure", "null");
    writer.field("recoveryAttempts", exchange.recovery_attempts).end_object();
    writer.key("config").begin_object().field("failureThreshold", threshold_of(status));
    const auto timeout = status.recovery_timeout_ms.value_or(kRecoveryTimeoutMs);
    writer.field("recoveryTimeout", timeout).field("requestLimit", kRequestLimit);
    writer.end_object().key("metrics").begin_object();
    writer.field("failureRate", failure_rate(status));
    writer.field("latency", std::max(status.delay_ms, Amount{}));
    writer.field("throughput", status.messages_per_second).end_object();
    writer.field("error", error(exchange)).end_object();
    writer.field("timestamp", now.wall).end_object();
    return message;
}

// /api/v69/ws/circuit-breaker
Result<Opening> open_v69_breakers(const Asked&) {
    return Opening{.notice = Notice::exchanges};
}

}  // namespace duel::wsserver
