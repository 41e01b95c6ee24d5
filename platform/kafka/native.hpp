#pragma once

// What every client of librdkafka here shares: properties, log, and how the brokers stand.
// Only the sources of platform/kafka include it.

#include "platform/kafka/client.hpp"

#include <librdkafka/rdkafka.h>

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
    BrokerWatch(std::string client, KafkaStateHook on_state);

    void on_error(rd_kafka_t* client, int code, const char* reason);
    // librdkafka tells nobody when a broker is back; its statistics do, once a second.
    void on_statistics(std::string_view json);
    // At most a line of each kind in ten seconds; what a connection says goes to debug, for the
    // change itself is told by set().
    void on_log(int level, const char* kind, const char* text);

    // How often a partition had no leader, or not the one that was asked: the brokers refused a
    // fetch. librdkafka handles that and says so only among what it logs of topics.
    std::uint64_t interruptions() const { return interruptions_; }

    // Throws KafkaError once the client has failed for good.
    void throw_if_fatal() const;

private:
    enum class State { unknown, up, down };
    void set(State state, const std::string& reason);

    std::string client_;
    KafkaStateHook on_state_;
    State state_ = State::unknown;
    int rounds_down_ = 0;
    std::string last_error_;
    std::atomic<int> fatal_{0};
    std::atomic<std::uint64_t> interruptions_{0};
    mutable std::mutex mutex_;  // of what follows
    std::string fatal_text_;
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

}  // namespace duel::platform
