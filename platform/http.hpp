#pragma once

// The page for operators: /metrics, /healthz and /readyz over plain HTTP on a loopback port.
//
// `/healthz` is 200, or 503 with the names of the late heartbeats. `/readyz` is 200, or 503; its
// JSON names every condition and why it does not hold. GET and HEAD only. One thread of its own,
// few and short-lived connections, a deadline for each: a stuck reader costs nothing.

#include "platform/health.hpp"
#include "platform/metrics.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace duel::platform {

class Settings;

struct HttpSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: no server
    bool any_port = false;   // whichever is free, instead of `port`: for tests
    std::string port_setting =
        {};  // "--metrics-port (DUEL_…)", for the error where the port is taken
};

// Adds --metrics-port (the environment's name is the program's own) and --metrics-address
// (DUEL_METRICS_ADDRESS). `http.port` holds the default.
void offer(Settings& settings, HttpSettings& http, const std::string& port_env);

class HttpServer {
public:
    // Throws std::runtime_error where the port is taken: which one, and by which setting to change
    // it. `metrics` and `health` must outlive it.
    HttpServer(const HttpSettings& settings, const Metrics& metrics, const Health& health);
    ~HttpServer();

    // The port it listens on; 0 where none was asked for.
    std::uint16_t port() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace duel::platform
