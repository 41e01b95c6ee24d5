// How long it takes from a Kafka producer to wss clients: event by event, at a fixed rate.
//
// Open loop: event n is due at n ÷ rate, and its latency counts from then on even where the
// producer itself was late. Kafka, projector, Postgres, WebSocket server, producer and all clients
// share the machine.

#include "bench/audience.hpp"
#include "bench/deliveries.hpp"
#include "bench/main.hpp"
#include "bench/report.hpp"
#include "bench/stack.hpp"
#include "bench/token.hpp"
#include "bench/workload.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <variant>

namespace duel::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

enum class Kind { contest, portfolio, market };

struct Options {
    StackSettings stack;
    std::string wss = "wss://localhost:8443";
    std::string ca_file;
    platform::Secret jwt_secret;
    Kind kind = Kind::portfolio;
    std::uint32_t clients = 100;
    std::uint32_t stalled = 0;
    std::uint32_t rate = 100;
    std::uint32_t per_symbol = 5;
    std::uint32_t burst = 1;
    seconds length{20};
    seconds warm_up{3};
    std::uint64_t seed = 1;
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{"bench-latency", "Time from a Kafka producer to wss clients."};
    options.stack.offer(settings);
    settings.add("--wss", "DUEL_WSS", options.wss, "URL", "the server");
    settings.add("--ca", "DUEL_CA", options.ca_file, "file", "certificate to trust");
    settings.add("--jwt-secret", "DUEL_JWT_SECRET", options.jwt_secret, "text", "signs the tokens")
        .required();
    settings.add_choice(
        "--kind",
        "",
        options.kind,
        "contest: every client gets every event; portfolio: one client each; market: conflated",
        {{"contest", Kind::contest}, {"portfolio", Kind::portfolio}, {"market", Kind::market}}
    );
    settings.add("--clients", "", options.clients, "", "how many", platform::between(1U, 10'000U));
    settings.add(
        "--stalled", "", options.stalled, "", "of them read nothing, of all symbols (market)"
    );
    settings.add(
        "--rate", "", options.rate, "events/s", "produced", platform::between(1U, 100'000U)
    );
    settings.add(
        "--per-symbol", "", options.per_symbol, "events/s", "of one symbol, with --kind market"
    );
    settings.add(
        "--burst",
        "",
        options.burst,
        "events",
        "due at the same moment",
        platform::between(1U, 1'000U)
    );
    settings.add(
        "--for", "", options.length, "time", "that counts", platform::at_least(seconds{1})
    );
    settings.add("--warm-up", "", options.warm_up, "time", "before it");
    settings.add("--seed", "", options.seed, "", "same seed, same events");
    settings.parse(argc, argv);
    return options;
}

watch::Server server_of(const Options& options) {
    auto parsed = watch::Server::parse(options.wss);
    if (const auto* sentence = std::get_if<std::string>(&parsed)) {
        throw std::runtime_error(*sentence);
    }
    return std::get<watch::Server>(std::move(parsed));
}

std::string_view counted_type(Kind kind) {
    switch (kind) {
        case Kind::contest:
            return "PARTICIPANT_ACTIVITY";
        case Kind::portfolio:
            return "TRADE_EXECUTED";
        case Kind::market:
            return "MARKET_PRICE";
    }
    return {};
}

Timestamp wall_clock() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()
    );
}

// One contest; the clients are its first participants.
class Measurement {
public:
    explicit Measurement(const Options& options)
        : options_(options),
          warm_up_(count_in(options.warm_up)),
          events_(warm_up_ + count_in(options.length)),
          world_(world_of(options)),
          workload_(world_),
          // Events of a burst go to Kafka together.
          stack_(options.stack, milliseconds{options.burst > 1 ? 1 : 0}),
          deliveries_(events_) {
        deliveries_.count_from(warm_up_);
    }

    void run() {
        open_world(stack_, world_);
        const auto server = server_of(options_);
        auto tls = platform::trusting(options_.ca_file, "DUEL_CA");
        Audience audience{server, tls, counted_type(options_.kind), deliveries_};
        const double resident = server_memory();
        audience.sit_down(seats(), seconds{120});
        const double seated = server_memory();
        const auto meters = stack_.meters();
        const Meter own{"this program", getpid()};
        send();
        wait_for_the_last();

        Report report{fmt::format(
            "latency: Kafka producer to {} clients, {}",
            options_.clients,
            counted_type(options_.kind)
        )};
        report.add("events/s", options_.rate);
        const auto span = static_cast<double>((options_.length + options_.warm_up).count());
        for (const auto& meter : meters)
            report.add("CPU of " + meter.name(), meter.used() / span, "cores");
        report.add("CPU of " + own.name(), own.used() / span, "cores");
        const auto messages = static_cast<double>(audience.messages());
        for (const auto& meter : meters)
            if (meter.name() == "wsserver")
                report.add("CPU of wsserver each", meter.used() / messages * 1e6, "µs");
        report.add(
            "memory of wsserver a client", (seated - resident) / options_.clients * 1e3, "kB"
        );
        audience.leave();
        report.add("messages that counted", static_cast<double>(deliveries_.received()));
        if (const auto due = receipts_due()) {
            report.add("messages missing", static_cast<double>(*due - deliveries_.received()));
        }
        report.add("connections lost", static_cast<double>(audience.lost()));
        report.add("all messages", static_cast<double>(audience.messages()));
        report.add("producer late, at worst", worst_lateness_, "ms");
        for (const double part : {0.5, 0.9, 0.99, 0.999, 1.0}) {
            const auto name = part == 1.0 ? std::string{"latency, worst"}
                                          : fmt::format("latency p{:g}", part * 100);
            report.add(name, percentile(deliveries_.milliseconds(), part), "ms");
        }
        report.publish(options_.stack.json_file);
    }

private:
    std::size_t count_in(seconds span) const {
        return static_cast<std::size_t>(span.count()) * options_.rate;
    }

    // Nothing where conflation decides.
    std::optional<std::uint64_t> receipts_due() const {
        if (options_.kind == Kind::market) return std::nullopt;
        return (events_ - warm_up_) * (options_.kind == Kind::contest ? options_.clients : 1U);
    }

    // 10^6 bytes; 0 where it is not of this machine's stack.
    double server_memory() const {
        for (const auto& meter : stack_.meters())
            if (meter.name() == "wsserver") return meter.resident();
        return 0;
    }

    void wait_for_the_last() const {
        const auto deadline = Clock::now() + (receipts_due() ? seconds{15} : seconds{2});
        while (Clock::now() < deadline && deliveries_.received() != receipts_due()) {
            std::this_thread::sleep_for(milliseconds{10});
        }
    }

    static World world_of(const Options& options) {
        World world;
        world.name = fmt::format("latency-{}", wall_clock().time_since_epoch().count());
        world.contests = 1;
        world.wallets = std::max(options.clients, 1U);
        world.symbols = options.kind == Kind::market
                            ? std::max(1U, options.rate / std::max(1U, options.per_symbol))
                            : 20U;
        world.seed = options.seed;
        return world;
    }

    std::vector<Seat> seats() const {
        const auto expiry = std::chrono::system_clock::now() + std::chrono::hours{1};
        std::vector<Seat> seats;
        for (std::uint32_t i = 0; i < options_.clients; ++i) {
            const auto token = session_token(world_.wallet(i), options_.jwt_secret.value, expiry);
            std::string channel = "contest:" + world_.contest(0);
            if (options_.kind == Kind::portfolio) channel = "portfolio:" + world_.contest(0);
            if (options_.kind == Kind::market)
                channel = "market:" + world_.symbol(i % world_.symbols);
            const auto endpoints = std::get<0>(watch::endpoints_of({channel}));
            seats.push_back({endpoints.front(), token});
            if (i >= options_.stalled) continue;
            std::vector<std::string> all;
            for (std::uint32_t n = 0; n < std::min(world_.symbols, 100U); ++n)
                all.push_back("market:" + world_.symbol(n));
            seats.back().endpoint = std::get<0>(watch::endpoints_of(all)).front();
            seats.back().stalls = true;
        }
        return seats;
    }

    void send() {
        const auto start = Clock::now() + milliseconds{100};
        for (std::size_t n = 0; n < events_; ++n) {
            const auto first = static_cast<std::int64_t>(n - n % options_.burst);
            const Clock::time_point due =
                start + std::chrono::nanoseconds{seconds{1}} * first / options_.rate;
            while (Clock::now() < due) {
                stack_.poll();
                std::this_thread::sleep_until(std::min(due, Clock::now() + milliseconds{1}));
            }
            const std::chrono::duration<double, std::milli> late = Clock::now() - due;
            worst_lateness_ = std::max(worst_lateness_, late.count());
            deliveries_.stamp(n, due);
            produce(n);
        }
        stack_.flush();
    }

    void produce(std::size_t n) {
        const auto number = static_cast<std::uint32_t>(n);
        const auto price = Deliveries::price_of(n);
        if (options_.kind == Kind::market) {
            Price tick = workload_.tick(wall_clock());
            tick.symbol = world_.symbol(number % world_.symbols);
            tick.price = price;
            stack_.produce(tick, number % world_.symbols);
        } else {
            const auto wallet = number % options_.clients;
            stack_.produce(workload_.marked_trade(0, wallet, price, wall_clock()), 0);
        }
    }

    const Options& options_;
    std::size_t warm_up_;
    std::size_t events_;
    World world_;
    Workload workload_;
    Stack stack_;
    Deliveries deliveries_;
    double worst_lateness_ = 0;
};

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-latency",
        argc,
        argv,
        duel::bench::parse,
        [](const auto& options) { duel::bench::Measurement{options}.run(); }
    );
}
