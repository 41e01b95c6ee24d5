#pragma once

// One exchange as a source of ticks: connects behind its circuit breaker, subscribes, reads, and
// says how it stands.
//
// Everything on the one thread that runs the executor. The hooks are called from there.

#include "core/event.hpp"
#include "ingest/io/exchange_connection.hpp"
#include "ingest/io/exchange_metrics.hpp"
#include "ingest/rules/circuit_breaker.hpp"
#include "ingest/rules/frame_reader.hpp"
#include "ingest/rules/price_policy.hpp"
#include "ingest/rules/random.hpp"
#include "ingest/rules/source_plan.hpp"
#include "ingest/rules/subscription_state.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <string>

namespace duel::ingest {

class ExchangeSource {
public:
    using Clock = std::chrono::steady_clock;

    struct Settings {
        platform::WssServer server;
        CircuitBreaker::Settings breaker;
        TickRules ticks;
        Quotes quotes{Quotes::wanted};
    };

    struct Hooks {
        // A tick, which holds a Price; what became of it.
        std::function<PricePolicy::Verdict(Event& tick)> on_tick;
        // It told of the symbol again a price that it had told.
        std::function<void(std::string_view symbol, Amount price)> on_known;
        // The breaker's state is another one.
        std::function<void()> on_change;
    };

    // `tls` and `metrics` must outlive it, and it the executor's work.
    ExchangeSource(
        const boost::asio::any_io_executor& executor,
        boost::asio::ssl::context& tls,
        SourcePlan plan,
        Settings settings,
        platform::Metrics& metrics,
        Hooks hooks
    );

    // Until stop().
    boost::asio::awaitable<void> run();
    void stop();

    // Looks for silence and sums up; to be called a few times a second.
    void look();

    SourceStatus status() const;
    bool follows(std::string_view symbol) const;
    // Prices may come: it is connected, and its breaker is not open.
    bool is_at_work() const { return is_connected_ && breaker_.state() != Breaker::open; }
    Breaker breaker() const { return breaker_.state(); }

private:
    using Connection = std::shared_ptr<ExchangeConnection>;

    boost::asio::awaitable<void> converse(Connection connection);
    boost::asio::awaitable<void> speak(Connection connection);
    void take(std::string_view frame);
    // Whether all of the frame's prices were worth something.
    bool take_prices(const FrameReading& reading);
    bool take_price(const Observation& seen, Timestamp arrival);
    void take_refusal(std::string_view reason);
    void good();
    void fail(std::string why);
    void end_connection(std::string why);
    void tell_change(Breaker before);
    void tell_clock();

    SourcePlan plan_;
    std::string name_;
    Settings settings_;
    Hooks hooks_;
    SourceMetrics metrics_;
    boost::asio::any_io_executor executor_;
    boost::asio::ssl::context& tls_;
    boost::asio::steady_timer timer_;
    Random random_;
    CircuitBreaker breaker_;
    FrameReader reader_;
    TickMaker ticks_;
    Event tick_{Price{}};
    Timestamp since_;  // of the breaker's state
    Connection connection_;
    SubscriptionState subscriptions_;  // of this connection
    bool is_connected_{false};
    bool is_stopped_{false};
    std::string why_ended_;  // where it was we who ended the connection

    // Lines about failures: one a second.
    Clock::time_point next_line_{};
    std::uint64_t lines_kept_back_{0};
    bool clock_was_told_{false};

    TickMaker::Counts summed_{};
    std::uint64_t frames_{0};
    std::uint64_t frames_then_{0};
    Clock::time_point then_{Clock::now()};
    double frames_per_second_{0};
};

}  // namespace duel::ingest
