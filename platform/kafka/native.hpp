#pragma once

// What every client of librdkafka here shares: properties, log, and how the brokers stand.
// Only the sources of platform/kafka include it.

#include "platform/kafka/client.hpp"
#include "platform/kafka/refusal.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duel::platform {

// The opaque of a client. Its callbacks arrive from the thread that polls, log lines from any.
class BrokerWatch {
public:
    BrokerWatch(std::string client, const KafkaSecurity& security, KafkaStateHook on_state);

    void on_error(rd_kafka_t* client, int code, const char* reason);
    // librdkafka tells nobody when a broker is back; its statistics do, once a second.
    void on_statistics(std::string_view json);
    // What OpenSSL has against a broker's certificate; 0: nothing. From the threads of connections.
    void on_certificate(int failure);
    // At most a line of each kind in ten seconds; what a connection says goes to debug, for the
    // change itself is told by set().
    void on_log(int level, const char* kind, const char* text);

    // How often a partition had no leader, or not the one that was asked: the brokers refused a
    // fetch. librdkafka handles that and says so only among what it logs of topics.
    std::uint64_t interruptions() const { return interruptions_; }

    bool has_failed() const { return fatal_ != 0; }
    // Throws KafkaError once the client has failed for good. `needs`: as of fail().
    void throw_if_fatal(const std::string& needs = {}) const;

    // Brokers refuse us and none takes us, so no call will be answered. As of the latest poll,
    // until one is reachable.
    bool is_refused() const { return is_refused_; }
    // Throws what a call failed with: `code`, or, where it only waited in vain, why no broker is
    // there. `needs`: the ACL without which brokers deny the call, "Describe on topic trades".
    [[noreturn]] void
    fail(rd_kafka_resp_err_t code, const std::string& during, const std::string& needs = {}) const;

private:
    enum class State { unknown, up, down };
    void set(State state, const std::string& reason);

    std::string client_;
    KafkaSecurity security_;
    KafkaStateHook on_state_;
    State state_ = State::unknown;
    bool is_refused_ = false;  // that is why they are down
    int rounds_down_ = 0;
    BrokerError last_error_;
    std::atomic<int> fatal_{0};
    std::atomic<std::uint64_t> interruptions_{0};
    mutable std::mutex mutex_;  // of what follows
    std::string fatal_text_;
    std::string certificate_failure_;
    std::unordered_map<std::string, std::chrono::steady_clock::time_point> logged_;
};

using Property = std::pair<std::string, std::string>;
using KafkaClient = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;

// A client with these properties, then those of settings.options. `watch` is its opaque, for
// `on_delivery` (which may be null) too, and must outlive it.
KafkaClient make_client(
    rd_kafka_type_t type,
    const KafkaSettings& settings,
    const std::vector<Property>& properties,
    BrokerWatch& watch,
    void (*on_delivery)(rd_kafka_t*, const rd_kafka_message_t*, void*) = nullptr
);

// "offset 7 …: Local: Timed out": what was tried and why not.
[[noreturn]] void throw_kafka(rd_kafka_resp_err_t code, const std::string& during);

// Asks until there is an answer, the brokers refuse us, or the time is up: for calls of librdkafka
// that wait for a broker, as long as they may, whatever the brokers say. `ask` gets how long it may
// take: a second, in which a refusal shows, then all the time that is left.
template <class Ask>
rd_kafka_resp_err_t ask_patiently(
    rd_kafka_t* client,
    const BrokerWatch& watch,
    std::chrono::milliseconds longest,
    Ask ask
) {
    using std::chrono::milliseconds;
    const auto deadline = std::chrono::steady_clock::now() + longest;
    const auto first = std::clamp(longest, milliseconds{0}, milliseconds{1'000});
    const auto code = ask(first);
    rd_kafka_poll(client, 0);
    const bool is_vain =
        code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT;
    if (!is_vain || watch.is_refused() || longest <= first) return code;
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto answer = ask(std::max(left, milliseconds{0}));
    rd_kafka_poll(client, 0);
    return answer;
}

}  // namespace duel::platform
