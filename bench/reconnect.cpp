// Everybody loses the connection at once and comes back with a cursor: what that costs the server,
// how long it takes, and whether each got exactly the events it had not seen. The floor takes the
// same clients (TLS and upgrade) and knows nothing of cursors.

#include "bench/audience.hpp"
#include "bench/floor_server.hpp"
#include "bench/main.hpp"
#include "bench/process.hpp"
#include "bench/report.hpp"
#include "bench/stack.hpp"
#include "bench/token.hpp"
#include "bench/workload.hpp"

#include <fmt/format.h>
#include <stdexcept>
#include <thread>
#include <variant>

namespace duel::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kType = "PARTICIPANT_ACTIVITY";

struct Options {
    StackSettings stack;
    std::string wss = "wss://localhost:8443";
    std::string ca_file;
    std::string certificate;
    std::string key;
    platform::Secret jwt_secret;
    std::uint32_t clients = 1'000;
    std::uint32_t events = 20;
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{"bench-reconnect", "What it costs when everybody comes back."};
    options.stack.offer(settings);
    settings.add("--wss", "DUEL_WSS", options.wss, "URL", "the server");
    settings.add("--ca", "DUEL_CA", options.ca_file, "file", "certificate to trust").required();
    settings.add("--tls-cert", "DUEL_TLS_CERT", options.certificate, "file", "of localhost")
        .required();
    settings.add("--tls-key", "DUEL_TLS_KEY", options.key, "file", "its private key").required();
    settings.add("--jwt-secret", "DUEL_JWT_SECRET", options.jwt_secret, "text", "signs the tokens")
        .required();
    settings.add("--clients", "", options.clients, "", "how many", platform::between(1U, 10'000U));
    settings.add(
        "--events", "", options.events, "", "half of them missed", platform::between(2U, 1'000U)
    );
    settings.parse(argc, argv);
    return options;
}

template <class Done>
void wait_for(const char* what, const Done& done) {
    const auto deadline = Clock::now() + seconds{120};
    while (!done()) {
        if (Clock::now() > deadline) throw std::runtime_error(std::string{what} + " in 120 s");
        std::this_thread::sleep_for(milliseconds{5});
    }
}

class Measurement {
public:
    explicit Measurement(const Options& options)
        : options_(options),
          world_(world_of(options)),
          workload_(world_),
          stack_(options.stack, milliseconds{0}) {
        auto parsed = watch::Server::parse(options.wss);
        if (const auto* sentence = std::get_if<std::string>(&parsed))
            throw std::runtime_error(*sentence);
        server_ = std::get<watch::Server>(std::move(parsed));
    }

    void run() {
        open_world(stack_, world_);
        auto tls = platform::trusting(options_.ca_file, "DUEL_CA");
        const std::string cursor = half_way(tls);
        const auto missed =
            std::uint64_t{options_.clients} * (options_.events - options_.events / 2);

        Deliveries none{0};
        Audience back{server_, tls, kType, none};
        const auto meters = stack_.meters();
        const auto begin = Clock::now();
        back.sit_down(seats(cursor), seconds{120});
        wait_for("not everybody got what was missed", [&] { return back.counted() >= missed; });
        const std::chrono::duration<double> took = Clock::now() - begin;
        double cpu = 0;
        for (const auto& meter : meters)
            if (meter.name() == "wsserver") cpu = meter.used();
        std::this_thread::sleep_for(seconds{1});  // for what comes too often
        back.leave();

        const double floor = floor_cpu(tls);
        const double clients = options_.clients;
        Report report{fmt::format("reconnect: {} clients resume at once", options_.clients)};
        const auto seen = options_.events / 2;
        report.add("events missed by each", options_.events - seen);
        report.add(
            "holes and repetitions",
            static_cast<double>(back.counted()) - static_cast<double>(missed)
        );
        report.add("seconds until all have all", took.count(), "s");
        report.add("CPU of wsserver a client", cpu / clients * 1e6, "µs");
        report.add("CPU of the floor a client", floor / clients * 1e6, "µs");
        report.add("ratio", cpu / floor);
        report.publish(options_.stack.json_file);
    }

private:
    static World world_of(const Options& options) {
        World world;
        world.name = fmt::format("back-{}", Clock::now().time_since_epoch().count());
        world.contests = 1;
        world.wallets = std::max(2U, options.clients);
        return world;
    }

    // Everybody sees all events; the cursor after half of them.
    std::string half_way(boost::asio::ssl::context& tls) {
        Deliveries none{0};
        Audience first{server_, tls, kType, none};
        first.sit_down(seats({}), seconds{120});
        for (std::uint32_t n = 0; n < options_.events; ++n) {
            const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(
                std::chrono::system_clock::now()
            );
            stack_.produce(workload_.marked_trade(0, n % 2, Deliveries::price_of(n), now), 0);
        }
        stack_.flush();
        const auto due = std::uint64_t{options_.clients} * options_.events;
        wait_for("not everybody got the events", [&] { return first.counted() >= due; });
        first.leave();
        return first.cursors().at(options_.events / 2 - 1);
    }

    double floor_cpu(boost::asio::ssl::context& tls) const {
        Deliveries none{0};
        FloorServer floor{options_.certificate, options_.key};
        const watch::Server server{"localhost", floor.port(), ""};
        Audience audience{server, tls, kType, none};
        floor.take(options_.clients);
        audience.sit_down(seats({}), seconds{120});
        floor.join();
        audience.leave();
        return floor.taking_cpu();
    }

    std::vector<Seat> seats(const std::string& since) const {
        const auto expiry = std::chrono::system_clock::now() + std::chrono::hours{1};
        const auto endpoint =
            std::get<0>(watch::endpoints_of({"contest:" + world_.contest(0)})).front();
        std::vector<Seat> seats;
        for (std::uint32_t i = 0; i < options_.clients; ++i)
            seats.push_back(
                {endpoint,
                 session_token(world_.wallet(i), options_.jwt_secret.value, expiry),
                 since}
            );
        return seats;
    }

    const Options& options_;
    World world_;
    Workload workload_;
    Stack stack_;
    watch::Server server_;
};

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-reconnect",
        argc,
        argv,
        duel::bench::parse,
        [](const auto& options) { duel::bench::Measurement{options}.run(); }
    );
}
