// Live exchanges into Kafka: sources behind their breakers, one price a symbol, states to `status`.

#include "ingest/io/exchange_commands.hpp"
#include "ingest/io/exchange_source.hpp"
#include "ingest/io/tick_sink.hpp"
#include "platform/log.hpp"
#include "platform/tls_client.hpp"
#include "platform/topics.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <set>

namespace duel::ingest {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr auto kRound = 20ms;
constexpr auto kLookEvery = 200ms;
constexpr auto kStatusEvery = 5s;
constexpr auto kFlushAfterStop = 10s;
constexpr auto kLongestRound = 5s;
constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

class Exchanges {
public:
    Exchanges(
        const ExchangesSettings& settings,
        TickSink& sink,
        platform::Metrics& metrics,
        platform::Health& health,
        const platform::Shutdown& shutdown
    )
        : sink_{sink},
          health_{health},
          shutdown_{shutdown},
          tls_{platform::trusting(settings.ca_file, "--exchange-ca")},
          policy_{settings.policy_rules(), settings.source.plans().size()} {
        for (auto& plan : settings.source.plans())
            add(std::move(plan), settings, metrics);
    }

    // Until the program is asked to stop.
    void run() {
        for (const auto& source : sources_)
            asio::co_spawn(context_, source->run(), rethrow);
        asio::co_spawn(context_, keep(), rethrow);
        context_.run();
    }

private:
    static void rethrow(const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
    }

    void add(SourcePlan plan, const ExchangesSettings& settings, platform::Metrics& metrics) {
        const auto index = sources_.size();
        for (const auto& market : plan.markets)
            symbols_.insert(market.symbol);
        ExchangeSource::Settings of_source{
            .server = settings.server_of(plan.exchange),
            .breaker = settings.breaker,
            .ticks = settings.source.ticks,
            .quotes = settings.quotes ? Quotes::wanted : Quotes::unwanted};
        ExchangeSource::Hooks hooks{
            .on_tick = [this, index](Event& tick) { return take(index, tick); },
            .on_known = [this, index](
                            std::string_view symbol, Amount price
                        ) { policy_.refresh(symbol, index, price, ExchangeSource::Clock::now()); },
            .on_change = [this, index] { on_change(index); }};
        sources_.push_back(std::make_unique<ExchangeSource>(
            context_.get_executor(),
            tls_,
            std::move(plan),
            std::move(of_source),
            metrics,
            std::move(hooks)
        ));
    }

    PricePolicy::Verdict take(std::size_t index, Event& event) {
        auto& tick = std::get<Price>(event);
        const auto now = ExchangeSource::Clock::now();
        const auto verdict = policy_.judge(tick.symbol, index, tick.price, now);
        if (verdict == PricePolicy::Verdict::pass) sink_.send(event);
        return verdict;
    }

    void on_change(std::size_t index) {
        const auto& source = *sources_[index];
        if (source.breaker() == Breaker::open) policy_.on_down(index);
        sink_.send_status(source.status());
    }

    asio::awaitable<void> keep() {
        const auto heartbeat = health_.heartbeat("exchanges", kLongestRound);
        asio::steady_timer timer{context_};
        auto next_look = ExchangeSource::Clock::now();
        auto next_status = next_look;
        while (!shutdown_.requested()) {
            heartbeat->beat();
            sink_.poll();
            const auto now = ExchangeSource::Clock::now();
            if (now >= next_look) {
                look();
                next_look = now + kLookEvery;
            }
            if (now >= next_status) {
                for (const auto& source : sources_)
                    sink_.send_status(source->status());
                next_status = now + kStatusEvery;
            }
            timer.expires_after(kRound);
            co_await timer.async_wait(kAwaitTuple);
        }
        end();
    }

    void look() {
        for (const auto& source : sources_)
            source->look();
        for (const auto& symbol : symbols_) {
            if (const auto why = why_without(symbol)) {
                health_.set("prices", false, *why);
                return;
            }
        }
        health_.set("prices", true);
    }

    // Why nobody tells prices of a symbol; nothing where somebody does.
    std::optional<std::string> why_without(const std::string& symbol) const {
        std::string why;
        for (const auto& source : sources_) {
            if (!source->follows(symbol)) continue;
            if (source->is_at_work()) return std::nullopt;
            const auto status = source->status();
            why += fmt::format(
                "{}{} is {} ({})",
                why.empty() ? "" : ", ",
                status.source,
                status.breaker == Breaker::closed ? "not connected" : text(status.breaker),
                status.last_error.value_or("no failure yet")
            );
        }
        return fmt::format("no source for {}: {}", symbol, why);
    }

    void end() {
        for (const auto& source : sources_) {
            source->stop();
            auto status = source->status();
            status.breaker = Breaker::open;
            status.since = status.timestamp;
            status.last_error = "stopped";
            status.messages_per_second = {};
            sink_.send_status(status);
        }
        context_.stop();
    }

    TickSink& sink_;
    platform::Health& health_;
    const platform::Shutdown& shutdown_;
    asio::ssl::context tls_;
    PricePolicy policy_;
    std::set<std::string> symbols_;
    asio::io_context context_{1};
    std::vector<std::unique_ptr<ExchangeSource>> sources_;
};

bool await_ready(
    const CommonSettings& common,
    platform::Refused refused,
    platform::Health& health,
    const platform::Shutdown& shutdown
) {
    platform::Admin admin{common.kafka};
    const auto rules = topic_rules(common.partitions, common.replication);
    const auto why = [&](const std::string& reason) { health.set("kafka", false, reason); };
    if (!await_topics(admin, rules, platform::MissingTopics::create, refused, shutdown, why))
        return false;
    health.set("kafka", true);
    return true;
}

}  // namespace

int run_exchanges(
    const CommonSettings& common,
    const ExchangesSettings& settings,
    const platform::Shutdown& shutdown
) {
    for (const auto& plan : settings.source.plans())
        settings.server_of(plan.exchange);  // what is wrong is said before anything begins
    IngestMetrics metrics;
    platform::Health health;
    health.expect("kafka");
    health.expect("prices");
    const platform::HttpServer http{common.http, metrics.all(), health};
    if (!await_ready(common, platform::Refused::wait, health, shutdown)) return kDone;
    TickSink sink{common.kafka, metrics, health};
    Exchanges{settings, sink, metrics.all(), health, shutdown}.run();
    const auto lost = sink.flush(kFlushAfterStop);
    if (lost > 0) platform::log::error("{} records were given up: Kafka took them not", lost);
    platform::log::info("stopped");
    return lost > 0 ? kFailed : kDone;
}

int run_announce(
    const CommonSettings& common,
    const AnnounceSettings& announce,
    const platform::Shutdown& shutdown
) {
    constexpr std::size_t kLongestMessage = 1'000;
    if (announce.message.size() > kLongestMessage)
        throw platform::SettingError{"MESSAGE: at most 1000 bytes are wanted"};
    Announcement event;
    event.status = announce.status;
    event.message = announce.message;
    event.timestamp =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    OutgoingRecord record;
    encode_record(event, record);
    if (!Decoder{}.decode(record.topic, record.value))
        throw platform::SettingError{"MESSAGE: a text in UTF-8 is wanted"};

    platform::Health health;
    if (!await_ready(common, platform::Refused::end, health, shutdown)) return kFailed;
    std::string failure;
    platform::Producer producer{
        common.kafka, {.client_id = "duel-ingest"}, [&](const platform::Delivery& delivery) {
            failure = delivery.error;
        }};
    producer.produce(text(record.topic), record.key, record.value, shutdown.flag());
    while (!shutdown.requested())
        if (producer.flush(200ms) == 0) break;
    if (!failure.empty()) throw std::runtime_error{"not announced: " + failure};
    return producer.delivered() == 1 ? kDone : kFailed;
}

}  // namespace duel::ingest
