#pragma once

// The numbers that the server shows to Prometheus, each made once.

#include "platform/metrics.hpp"
#include "wsserver/streams/output.hpp"
#include "wsserver/streams/streams.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace duel::wsserver {

class Meters {
public:
    explicit Meters(platform::Metrics& metrics);

    // Thread-safe all of them.
    // Messages of one type, since the last time.
    struct Amount {
        std::string_view type;
        std::size_t messages = 0;
        std::size_t bytes = 0;
    };
    void sent(const Amount& amount) const { out_.add(amount); }
    void received(const Amount& amount) const { in_.add(amount); }
    void closed(int code) {
        counter(
            "duel_ws_closes_total",
            "Connections ended, by close code.",
            "code",
            std::to_string(code)
        )
            .Increment();
    }
    void rejected(std::string_view reason) {
        counter(
            "duel_ws_rejections_total",
            "Connections refused, by reason.",
            "reason",
            std::string{reason}
        )
            .Increment();
    }
    void failed(std::string_view code, std::uint64_t count) {
        counter(
            "duel_ws_errors_total", "Errors told to clients, by code.", "code", std::string{code}
        )
            .Increment(static_cast<double>(count));
    }
    prometheus::Gauge& connected(const Endpoint& endpoint) const;
    void add(const Counts& counts);

    prometheus::Counter& attempts;
    prometheus::Counter& accepted;
    prometheus::Counter& deliveries;
    prometheus::Counter& given_up;
    prometheus::Counter& feed_records;
    prometheus::Counter& feed_skipped;
    prometheus::Counter& feed_refused;
    prometheus::Counter& snapshot_failures;
    prometheus::Counter& monitor_events_lost;
    std::vector<prometheus::Counter*> snapshot_queries;  // by Ask::What
    prometheus::Gauge& queue_bytes;
    prometheus::Gauge& feed_lag;
    prometheus::Gauge& channels;
    prometheus::Gauge& recent_bytes;
    prometheus::Histogram& latency;        // feed record's log append → written to the socket
    prometheus::Histogram& feed_to_hub;    // the same → taken by the hub
    prometheus::Histogram& hub_to_socket;  // handed over by the hub → written to the socket
    prometheus::Histogram& handshake;
    prometheus::Histogram& loop_delay(unsigned number);

private:
    // Messages and bytes of one direction, by type.
    class Types {
    public:
        void add(const Amount& amount) const;

    private:
        friend class Meters;
        struct Pair {
            prometheus::Counter* messages;
            prometheus::Counter* bytes;
        };
        std::unordered_map<std::string_view, Pair> by_type_;
    };

    Types types(
        const std::string& direction,
        const std::string& words,
        std::span<const std::string_view> names
    );
    prometheus::Counter& counter(
        const std::string& name,
        const std::string& help,
        const std::string& label,
        const std::string& value
    ) {
        return metrics_.counter(name, help, {{label, value}});
    }

    platform::Metrics& metrics_;
    Types out_;
    Types in_;
    std::unordered_map<std::string_view, prometheus::Gauge*> connected_;
    std::array<prometheus::Counter*, kWords<Recovery>.size()> recoveries_{};
    prometheus::Counter& conflated_;
    prometheus::Counter& withheld_;
    prometheus::Counter& snapshots_;
    prometheus::Counter& snapshot_subscribers_;
    prometheus::Counter& gaps_;
};

}  // namespace duel::wsserver
