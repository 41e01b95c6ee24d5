#pragma once

// What every connection of this server shares, and the settings of all of it.

#include "wsserver/meters.hpp"
#include "wsserver/net/attempt_limit.hpp"
#include "wsserver/net/line_limit.hpp"
#include "wsserver/net/outbound_queue.hpp"
#include "wsserver/net/proxies.hpp"
#include "wsserver/net/tls.hpp"
#include "wsserver/net/token.hpp"
#include "wsserver/net/user_connections.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace duel::wsserver {

class Hub;

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8443;
    bool shares_port = false;  // with other processes that do
    std::string certificate;
    std::string key;
    TokenVerifier::Settings tokens;
    int threads = 0;  // of connections; 0: one per core
    std::vector<std::string> origins;
    std::vector<std::string> proxies;  // as Proxies
    bool proxies_say_first = false;    // in the PROXY protocol, whose connection it is
    bool has_test_endpoints = false;

    std::size_t most_connections = 10'000;
    std::size_t most_per_user = 64;
    std::size_t attempts_per_path = 10;  // a minute, per IP or wallet
    std::size_t attempts_per_ip = 120;   // a minute, over all paths
    std::size_t most_subscriptions = 100;
    std::size_t message_bytes = 65'536;
    double messages_per_second = 20;
    int most_malformed = 10;  // bad messages of one connection

    OutboundQueue::Limits queue;
    std::chrono::milliseconds handshake_deadline{10'000};
    std::chrono::milliseconds upgrade_deadline{10'000};
    std::chrono::milliseconds authentication_deadline{30'000};
    std::chrono::milliseconds close_deadline{5'000};
    std::chrono::milliseconds write_deadline{
        10'000};  // of one message; then the client is too slow
    // How often clients ping; three of these without a frame end the connection.
    std::chrono::milliseconds heartbeat{30'000};
    std::chrono::milliseconds market_heartbeat{15'000};
    std::chrono::milliseconds drain{3'000};
    std::chrono::milliseconds retry_after{1'000};
};

struct Service {
    Service(ServerSettings chosen, Hub& the_hub, Meters& the_meters)
        : settings(std::move(chosen)),
          tls(settings.certificate, settings.key),
          proxies(settings.proxies),
          hub(the_hub),
          meters(the_meters),
          tokens(settings.tokens),
          attempts_by_path(settings.attempts_per_path),
          attempts_by_ip(settings.attempts_per_ip),
          users(settings.most_per_user) {}

    const ServerSettings settings;
    TlsSource tls;
    Proxies proxies;
    Hub& hub;
    Meters& meters;
    TokenVerifier tokens;
    AttemptLimit attempts_by_path;
    AttemptLimit attempts_by_ip;
    UserConnections users;
    LineLimits lines;
    std::atomic<std::size_t> connections{0};  // sessions, and sockets on their way to be one
};

}  // namespace duel::wsserver
