#pragma once

// What admins see of this server: its connections and what happens to them. Plain data.

#include "core/words.hpp"
#include "wsserver/streams/now.hpp"
#include "wsserver/streams/subscription.hpp"
#include "wsserver/streams/traffic.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::wsserver {

enum class ConnectionState {
    waiting,  // for its token
    open,
    slow,  // reads too slowly: gets event messages only
    closing,
};

}  // namespace duel::wsserver

template <>
inline constexpr std::array<std::string_view, 4> duel::kWords<duel::wsserver::ConnectionState>{
    "waiting",
    "open",
    "slow",
    "closing"};

namespace duel::wsserver {

struct ConnectionRow {
    ConnectionId id = 0;
    std::string_view endpoint{};  // its name in metrics
    std::string wallet{};         // empty where nobody is known
    std::string ip{};
    ConnectionState state = ConnectionState::open;
    Timestamp connected_at{};
    std::chrono::milliseconds idle{};  // since something came from the client
    std::uint64_t messages_in = 0;
    std::uint64_t messages_out = 0;
    std::size_t queue_bytes = 0;
};

// Something in the life of a connection. Texts of clients are not in it.
struct LifecycleEvent {
    std::string_view what{};  // connected, disconnected, refused, error, slow
    Timestamp at{};
    ConnectionId id = 0;          // 0: it never was one
    std::string_view endpoint{};  // may be empty
    std::string wallet{};         // may be empty
    std::string ip{};
    std::string_view code{};  // of an error or a refusal
    std::uint16_t close_code = 0;
    std::string reason{};
    std::optional<std::chrono::milliseconds> lasted{};
};

// The connections of one or more loops at one moment.
struct Survey {
    std::map<std::string_view, std::size_t> by_endpoint{};
    Traffic traffic{};
    std::size_t queue_bytes = 0;
    std::vector<ConnectionRow> rows{};  // where they were asked for

    void merge(Survey&& other);
};

// Whether the rows are wanted too.
enum class SurveyOf { sums, rows };

// Only what agrees in every field that is there.
struct MonitorFilter {
    std::string endpoint{};
    std::string wallet{};
    std::string ip{};
    std::optional<ConnectionState> state{};  // of connections; events have none
    std::size_t limit = 500;                 // connections in a snapshot

    bool lets(const ConnectionRow& row) const;
    bool lets(const LifecycleEvent& event) const;
};

// What an admin asks for.
struct MonitorDemand {
    std::optional<MonitorFilter> filter{};
    std::optional<ConnectionId> close{};
};

std::string hex_id(ConnectionId id);

}  // namespace duel::wsserver
