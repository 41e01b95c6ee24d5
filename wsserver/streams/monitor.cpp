#include "wsserver/streams/monitor.hpp"

#include <charconv>
#include <iterator>

namespace duel::wsserver {
namespace {

bool agrees(std::string_view wanted, std::string_view found) {
    return wanted.empty() || wanted == found;
}

}  // namespace

void Survey::merge(Survey&& other) {
    for (const auto& [endpoint, count] : other.by_endpoint)
        by_endpoint[endpoint] += count;
    traffic += other.traffic;
    queue_bytes += other.queue_bytes;
    rows.insert(
        rows.end(),
        std::make_move_iterator(other.rows.begin()),
        std::make_move_iterator(other.rows.end())
    );
}

bool MonitorFilter::lets(const ConnectionRow& row) const {
    return agrees(endpoint, row.endpoint) && agrees(wallet, row.wallet) && agrees(ip, row.ip) &&
           (!state || *state == row.state);
}

bool MonitorFilter::lets(const LifecycleEvent& event) const {
    return agrees(endpoint, event.endpoint) && agrees(wallet, event.wallet) && agrees(ip, event.ip);
}

std::string hex_id(ConnectionId id) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id, 16).ptr;
    return {digits.data(), end};
}

}  // namespace duel::wsserver
