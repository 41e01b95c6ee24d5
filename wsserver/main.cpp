// Serves snapshots and live messages to clients over wss; prints session tokens for tests.

#include "platform/health.hpp"
#include "platform/http.hpp"
#include "platform/log.hpp"
#include "platform/metrics.hpp"
#include "platform/shutdown.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/server.hpp"
#include "wsserver/net/token_signer.hpp"
#include "wsserver/settings.hpp"

#include <cstdio>
#include <exception>

// Read by jemalloc where it is linked. What a crowd of handshakes took is given back within a
// second, and two arenas leave fewer holes than one a thread: 15 instead of 31 kB a connection.
extern "C" const char* malloc_conf;  // NOLINT(readability-identifier-naming): jemalloc's
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0";

namespace duel::wsserver {
namespace {

int print_token(const ProgramSettings& settings) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto claims = settings.claims;
    claims.expires_at = now + settings.ttl;
    const auto signer = settings.signing_key.empty()
                            ? TokenSigner::of_secret(settings.secret.value)
                            : TokenSigner::of_file(settings.kid, settings.signing_key);
    std::puts(signer.token(claims, now, settings.parties).c_str());
    return 0;
}

int run(const ProgramSettings& settings) {
    platform::Shutdown shutdown;
    shutdown.catch_signals();
    platform::Metrics metrics{"duel-wsserver"};
    platform::Health health;
    Meters meters{metrics};

    Hub hub{settings.hub, shutdown, health, meters};      // the feed, Postgres, the streams
    Server server{settings.server, hub, meters, health};  // TLS, WebSockets, limits
    platform::HttpServer operators{settings.http, metrics, health};  // /metrics, /healthz, /readyz

    hub.start(
        [&](std::vector<Delivery>&& deliveries, std::vector<Closing>&& closings) {
            server.hand_over(std::move(deliveries), std::move(closings));
        },
        [&](SurveyOf what) { server.look_around(what); }
    );
    server.start();
    platform::log::info("listening on wss://{}:{}", settings.server.address, server.port());

    shutdown.wait();
    health.expect("serving", "shutting down");
    server.drain();
    hub.stop();
    return 0;
}

int main_of(int argc, char** argv) {
    ProgramSettings settings;
    const auto command = read_settings(argc, argv, settings);
    platform::log::start(settings.log, "duel-wsserver");
    try {
        return command == Command::token ? print_token(settings) : run(settings);
    } catch (const platform::SettingError& error) {
        platform::log::error("{}", error.what());
        return 2;
    } catch (const std::exception& error) {
        platform::log::error("{}", error.what());
        return 1;
    }
}

}  // namespace
}  // namespace duel::wsserver

int main(int argc, char** argv) {
    return duel::wsserver::main_of(argc, argv);
}
