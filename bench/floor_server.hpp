#pragma once

#include "bench/deliveries.hpp"

#include <cstdint>
#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace duel::bench {

// The least that WebSocket clients can talk to: TLS by OpenSSL on the descriptor, an upgrade
// without checks, then one frame written to every client in turn. One thread, blocking, no queues:
// the yardstick for what a fan-out costs at all.
class FloorServer {
public:
    // PEM files; a free port of the loopback.
    FloorServer(const std::string& certificate_file, const std::string& key_file);
    ~FloorServer();
    FloorServer(const FloorServer&) = delete;
    FloorServer& operator=(const FloorServer&) = delete;

    std::uint16_t port() const { return port_; }

    // Takes that many clients, each of which is told that it is subscribed. In the background until
    // joined; a failure is thrown by join().
    void take(std::size_t clients);
    void join();
    // CPU seconds of taking all of them. After join().
    double taking_cpu() const { return taking_cpu_; }

    // Writes the text as one frame to every client.
    void tell(std::string_view text);

private:
    struct Client {
        int socket = -1;
        std::unique_ptr<SSL, void (*)(SSL*)> tls{nullptr, SSL_free};
    };

    void take_one();

    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::vector<Client> clients_;
    std::thread taking_;
    std::exception_ptr failure_;
    double taking_cpu_ = 0;
    std::string frame_;
};

}  // namespace duel::bench
