#include "ingest/io/exchange_source.hpp"

#include "platform/log.hpp"
#include "platform/tls_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <random>

namespace duel::ingest {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);
constexpr auto kBetweenMessages = 250ms;  // no exchange allows fewer than 4 a second
constexpr auto kSumUpEvery = 1s;
constexpr auto kAskEvery = 10s;  // at least: exchanges that want to hear from us wait for 30 s
constexpr int kAsksPerSilence = 3;
constexpr int kMostRefusalsTold = 20;  // of a connection

Timestamp wall_now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

std::uint64_t seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

// Rounded to thousandths.
Amount amount_of(double number) {
    constexpr double kThousand = 1'000;
    return divide(
        Amount::from_integer(std::llround(number * kThousand)), Amount::from_integer(1'000)
    );
}

}  // namespace

ExchangeSource::ExchangeSource(
    const asio::any_io_executor& executor,
    asio::ssl::context& tls,
    SourcePlan plan,
    Settings settings,
    platform::Metrics& metrics,
    Hooks hooks
)
    : plan_{std::move(plan)},
      name_{plan_.name()},
      settings_{std::move(settings)},
      hooks_{std::move(hooks)},
      metrics_{metrics, name_},
      executor_{executor},
      tls_{tls},
      timer_{executor},
      random_{seed()},
      breaker_{settings_.breaker, Clock::now()},
      reader_{plan_.exchange},
      ticks_{name_, plan_.markets, settings_.ticks},
      since_{wall_now()} {}

asio::awaitable<void> ExchangeSource::run() {
    while (!is_stopped_) {
        const auto before = breaker_.state();
        if (breaker_.may_connect(Clock::now())) {
            tell_change(before);
            connection_ = std::make_shared<ExchangeConnection>(executor_, tls_);
            co_await converse(connection_);
            continue;
        }
        timer_.expires_at(breaker_.next_try());
        co_await timer_.async_wait(kAwaitTuple);
    }
}

void ExchangeSource::stop() {
    is_stopped_ = true;
    timer_.cancel();
    if (connection_) connection_->cut();
}

asio::awaitable<void> ExchangeSource::converse(Connection connection) {
    breaker_.on_connecting(Clock::now());
    subscriptions_ = {};
    std::string why;
    try {
        const auto idle = std::chrono::ceil<std::chrono::seconds>(settings_.breaker.silence);
        co_await connection->open(settings_.server, plan_.exchange.deflates, idle);
    } catch (const platform::Unreachable& failure) {
        why = failure.what();
    }
    if (why.empty()) {
        platform::log::info("{}: connected to {}", name_, settings_.server.authority());
        metrics_.connections().Increment();
        ticks_.reconnected();
        clock_was_told_ = false;
        is_connected_ = true;
        asio::co_spawn(executor_, speak(connection), asio::detached);
        while (true) {
            const auto frame = co_await connection->receive();
            if (!frame) break;
            take(*frame);
        }
        why = why_ended_.empty() ? connection->ending() : std::exchange(why_ended_, {});
    }
    connection->cut();
    is_connected_ = false;
    breaker_.on_disconnected();
    if (!is_stopped_) fail(std::move(why));
}

// Subscribes, then asks where the exchange sends nothing by itself.
asio::awaitable<void> ExchangeSource::speak(Connection connection) {
    using std::chrono::milliseconds;
    const auto pause =
        std::min<milliseconds>(kAskEvery, settings_.breaker.silence / kAsksPerSilence);
    asio::steady_timer timer{executor_};
    const std::string question{plan_.exchange.question};
    auto next_question = Clock::now() + pause;
    const auto messages = plan_.exchange.subscribe(plan_.market_names(), settings_.quotes);
    for (const auto& message : messages) {
        if (!co_await connection->send(message)) co_return;
        timer.expires_after(kBetweenMessages);
        co_await timer.async_wait(kAwaitTuple);
        if (question.empty() || Clock::now() < next_question) continue;
        if (!co_await connection->send(question)) co_return;
        next_question = Clock::now() + pause;
    }
    if (connection != connection_) co_return;
    subscriptions_.on_all_asked(Clock::now());
    while (!question.empty() && connection == connection_ && !is_stopped_) {
        timer.expires_at(next_question);
        co_await timer.async_wait(kAwaitTuple);
        if (!co_await connection->send(question)) co_return;
        next_question = Clock::now() + pause;
    }
}

void ExchangeSource::take(std::string_view frame) {
    if (breaker_.state() == Breaker::open) return;  // what came before the connection was cut
    ++frames_;
    subscriptions_.on_frame();
    if (const auto error = reader_.read(frame)) {
        metrics_.bad_frames().Increment();
        fail("a bad message: " + error->sentence());
        return;
    }
    const auto& reading = reader_.reading();
    metrics_.frames(reading.kind).Increment();
    if (reading.number) ticks_.on_number(*reading.number);
    switch (reading.kind) {
        case FrameReading::Kind::prices:
            if (take_prices(reading)) good();
            break;
        case FrameReading::Kind::heartbeat:
            if (subscriptions_.is_granted()) good();
            break;
        case FrameReading::Kind::refused:
            take_refusal(reading.reason);
            break;
        case FrameReading::Kind::leaving:
            end_connection("the exchange asked to connect anew");
            break;
        case FrameReading::Kind::acknowledged:
            subscriptions_.on_granted();
            break;
        case FrameReading::Kind::other:
            break;
    }
}

bool ExchangeSource::take_prices(const FrameReading& reading) {
    const auto arrival = wall_now();
    bool is_good = true;
    for (const auto& seen : reading.observations) {
        is_good = take_price(seen, arrival) && is_good;
        if (breaker_.state() == Breaker::open) return false;  // this frame's other prices too
    }
    return is_good;
}

void ExchangeSource::take_refusal(std::string_view reason) {
    subscriptions_.on_refused(Clock::now(), "the exchange refused: " + excerpt(reason));
    if (subscriptions_.refusals() <= kMostRefusalsTold)
        platform::log::warn("{}: {}", name_, subscriptions_.last_refusal());
}

bool ExchangeSource::take_price(const Observation& seen, Timestamp arrival) {
    auto& tick = std::get<Price>(tick_);
    const auto verdict = ticks_.make(seen, arrival, tick);
    if (ticks_.counts().clamped > summed_.clamped) tell_clock();
    switch (verdict) {
        case TickMaker::Verdict::known:
            metrics_.withheld(seen.size ? Withheld::repeated : Withheld::unchanged).Increment();
            hooks_.on_known(tick.symbol, tick.price);
            return true;
        case TickMaker::Verdict::stale:
            metrics_.withheld(Withheld::stale).Increment();
            fail(fmt::format("a stale price of {}: of {}", tick.symbol, text(*seen.at)));
            return false;
        case TickMaker::Verdict::stranger:
            metrics_.withheld(Withheld::stranger).Increment();
            return false;
        case TickMaker::Verdict::tick:
            break;
    }
    switch (hooks_.on_tick(tick_)) {
        case PricePolicy::Verdict::pass:
            metrics_.ticks().Increment();
            subscriptions_.on_granted();
            return true;
        case PricePolicy::Verdict::spare:
            metrics_.withheld(Withheld::spare).Increment();
            ticks_.hold_back(seen);
            subscriptions_.on_granted();
            return true;
        case PricePolicy::Verdict::outlier:
            metrics_.withheld(Withheld::outlier).Increment();
            if (ticks_.hold_back(seen))
                fail(fmt::format(
                    "{} for {} is far from other exchanges", seen.price.text(), tick.symbol
                ));
            return false;
    }
    return true;
}

void ExchangeSource::good() {
    const auto before = breaker_.state();
    breaker_.on_good(Clock::now());
    tell_change(before);
}

void ExchangeSource::fail(std::string why) {
    const auto before = breaker_.state();
    if (before == Breaker::open) return;
    const auto now = Clock::now();
    metrics_.failures().Increment();
    if (now < next_line_) {
        ++lines_kept_back_;
    } else {
        const auto more = std::exchange(lines_kept_back_, 0);
        const auto also = more > 0 ? fmt::format(" (and {} more failures)", more) : std::string{};
        platform::log::warn("{}: {}{}", name_, why, also);
        next_line_ = now + 1s;
    }
    breaker_.on_failure(now, random_.bits(), std::move(why));
    tell_change(before);
}

void ExchangeSource::end_connection(std::string why) {
    why_ended_ = std::move(why);
    connection_->cut();
}

void ExchangeSource::tell_change(Breaker before) {
    const auto state = breaker_.state();
    if (state == before) return;
    since_ = wall_now();
    metrics_.breaker().Set(static_cast<double>(state));
    if (state == Breaker::open) {
        metrics_.trips().Increment();
        const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(
            breaker_.next_try() - Clock::now()
        );
        platform::log::warn(
            "{}: breaker open for {} ms: {}", name_, wait.count(), breaker_.last_error()
        );
        if (connection_) connection_->cut();
    } else {
        platform::log::info("{}: breaker {}", name_, text(state));
    }
    hooks_.on_change();
}

void ExchangeSource::look() {
    const auto now = Clock::now();
    const auto before = breaker_.state();
    if (breaker_.on_silence(now, random_.bits(), subscriptions_.missing())) {
        metrics_.failures().Increment();
        tell_change(before);
    } else if (is_connected_ && subscriptions_.is_vain(now) && why_ended_.empty()) {
        end_connection(subscriptions_.last_refusal());
    }
    if (now - then_ < kSumUpEvery) return;
    const auto counts = ticks_.counts();
    const auto missed = counts.missed - summed_.missed;
    metrics_.missed().Increment(static_cast<double>(missed));
    if (missed > 0)
        platform::log::warn(
            "{}: {} trades or messages are missing by their numbers", name_, missed
        );
    metrics_.clamped().Increment(static_cast<double>(counts.clamped - summed_.clamped));
    metrics_.delay().Set(std::chrono::duration<double>{ticks_.delay()}.count());
    summed_ = counts;
    const auto seconds = std::chrono::duration<double>{now - std::exchange(then_, now)};
    frames_per_second_ =
        static_cast<double>(frames_ - std::exchange(frames_then_, frames_)) / seconds.count();
}

// Once a connection.
void ExchangeSource::tell_clock() {
    if (std::exchange(clock_was_told_, true)) return;
    platform::log::warn(
        "{}: its clock is {:.1f} s ahead of ours; times become ours and {} ms",
        name_,
        -std::chrono::duration<double>{ticks_.delay()}.count(),
        settings_.ticks.clock_tolerance.count()
    );
}

SourceStatus ExchangeSource::status() const {
    SourceStatus status;
    status.source = name_;
    status.breaker = breaker_.state();
    status.timestamp = wall_now();
    status.since = since_;
    status.failures = breaker_.failures();
    status.failure_threshold = settings_.breaker.failures;
    status.recovery_timeout_ms = settings_.breaker.cap.count();
    const bool is_well = breaker_.state() == Breaker::closed && breaker_.failures() == 0;
    if (!is_well) status.last_error = breaker_.last_error();
    status.messages_per_second = amount_of(frames_per_second_);
    status.delay_ms = amount_of(static_cast<double>(ticks_.delay().count()) / 1'000);
    return status;
}

bool ExchangeSource::follows(std::string_view symbol) const {
    return std::ranges::find(plan_.markets, symbol, &Market::symbol) != plan_.markets.end();
}

}  // namespace duel::ingest
