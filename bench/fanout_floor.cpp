// The floor under bench-latency --kind contest: the same clients and messages of the same size,
// from a thread that writes each to all of them. No Kafka, no projector, no Postgres, no queues.

#include "bench/audience.hpp"
#include "bench/deliveries.hpp"
#include "bench/floor_server.hpp"
#include "bench/main.hpp"
#include "bench/process.hpp"
#include "bench/report.hpp"
#include "platform/settings.hpp"

#include <chrono>
#include <fmt/format.h>
#include <string>
#include <thread>

namespace duel::bench {
namespace {

using std::chrono::seconds;

struct Options {
    std::string ca_file;
    std::string certificate;
    std::string key;
    std::string json_file;
    std::uint32_t clients = 100;
    std::uint32_t rate = 100;
    seconds length{20};
    seconds warm_up{3};
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{
        "bench-fanout-floor", "The floor under bench-latency: one thread that writes to all."};
    settings.add("--ca", "DUEL_CA", options.ca_file, "file", "certificate to trust").required();
    settings.add("--tls-cert", "DUEL_TLS_CERT", options.certificate, "file", "of localhost")
        .required();
    settings.add("--tls-key", "DUEL_TLS_KEY", options.key, "file", "its private key").required();
    settings.add("--clients", "", options.clients, "", "how many", platform::between(1U, 10'000U));
    settings.add(
        "--rate", "", options.rate, "events/s", "to every client", platform::between(1U, 100'000U)
    );
    settings.add(
        "--for", "", options.length, "time", "that counts", platform::at_least(seconds{1})
    );
    settings.add("--warm-up", "", options.warm_up, "time", "before it");
    settings.add("--json", "", options.json_file, "file", "append the figures as a line of JSON");
    settings.parse(argc, argv);
    return options;
}

// As long as the real PARTICIPANT_ACTIVITY with its channel, seq and cursor.
std::string message(std::size_t number) {
    const std::string rest(330, 'x');
    return fmt::format(
        R"({{"type":"PARTICIPANT_ACTIVITY","data":{{"price":{}}},"rest":"{}"}})",
        Deliveries::price_of(number).text(),
        rest
    );
}

void run(const Options& options) {
    const auto warm_up = static_cast<std::size_t>(options.warm_up.count()) * options.rate;
    const auto events = warm_up + static_cast<std::size_t>(options.length.count()) * options.rate;
    Deliveries deliveries{events};
    deliveries.count_from(warm_up);
    FloorServer floor{options.certificate, options.key};
    const watch::Server server{"localhost", floor.port(), ""};
    auto tls = platform::trusting(options.ca_file, "DUEL_CA");
    Audience audience{server, tls, "PARTICIPANT_ACTIVITY", deliveries};
    floor.take(options.clients);
    const auto endpoint = std::get<0>(watch::endpoints_of({"contest:floor"})).front();
    audience.sit_down(std::vector<Seat>(options.clients, Seat{endpoint, "none"}), seconds{60});
    floor.join();

    double cpu = 0;
    const auto start = Clock::now();
    for (std::size_t n = 0; n < events; ++n) {
        const Clock::time_point due = start + std::chrono::nanoseconds{seconds{1}} *
                                                  static_cast<std::int64_t>(n) / options.rate;
        std::this_thread::sleep_until(due);
        deliveries.stamp(n, due);
        const auto text = message(n);
        const double before = thread_cpu_seconds();
        floor.tell(text);
        cpu += thread_cpu_seconds() - before;
    }
    std::this_thread::sleep_for(seconds{1});
    audience.leave();

    Report report{fmt::format("floor: one thread writing to {} clients", options.clients)};
    report.add("events/s", options.rate);
    report.add("messages that counted", static_cast<double>(deliveries.received()));
    const auto told = static_cast<double>(events) * options.clients;
    report.add("CPU of the floor each", cpu / told * 1e6, "µs");
    for (const double part : {0.5, 0.9, 0.99, 0.999, 1.0}) {
        const auto name =
            part == 1.0 ? std::string{"latency, worst"} : fmt::format("latency p{:g}", part * 100);
        report.add(name, percentile(deliveries.milliseconds(), part), "ms");
    }
    report.publish(options.json_file);
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-fanout-floor", argc, argv, duel::bench::parse, duel::bench::run
    );
}
