// Clients for a server that is measured from elsewhere: they come, receive, and go.

#include "bench/audience.hpp"
#include "bench/main.hpp"
#include "platform/settings.hpp"

#include <fmt/format.h>
#include <stdexcept>
#include <thread>
#include <variant>

namespace duel::bench {
namespace {

using std::chrono::seconds;

struct Options {
    std::string wss;
    std::string ca_file;
    std::uint32_t clients = 500;
    seconds length{10};
};

Options parse(int argc, char** argv) {
    Options options;
    platform::Settings settings{"bench-audience", "Clients that receive what a server sends."};
    settings.add("--wss", "", options.wss, "URL", "the server").required();
    settings.add("--ca", "DUEL_CA", options.ca_file, "file", "certificate to trust").required();
    settings.add("--clients", "", options.clients, "", "how many", platform::between(1U, 10'000U));
    settings.add("--for", "", options.length, "time", "they stay", platform::at_least(seconds{1}));
    settings.parse(argc, argv);
    return options;
}

void run(const Options& options) {
    auto parsed = watch::Server::parse(options.wss);
    if (const auto* sentence = std::get_if<std::string>(&parsed))
        throw std::runtime_error(*sentence);
    const auto server = std::get<watch::Server>(std::move(parsed));
    auto tls = platform::trusting(options.ca_file, "DUEL_CA");
    Deliveries none{0};
    Audience audience{server, tls, "PARTICIPANT_ACTIVITY", none};
    const auto endpoint = std::get<0>(watch::endpoints_of({"contest:c1"})).front();
    audience.sit_down(std::vector<Seat>(options.clients, Seat{endpoint, "none"}), seconds{60});
    std::this_thread::sleep_for(options.length);
    audience.leave();
    fmt::print("{} messages, {} of them counted\n", audience.messages(), audience.counted());
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
    return duel::bench::run_main(
        "bench-audience", argc, argv, duel::bench::parse, duel::bench::run
    );
}
