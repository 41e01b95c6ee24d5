#include "wsserver/net/tally.hpp"

#include <algorithm>
#include <utility>

namespace duel::wsserver {

Tally::Tally(Meters& meters)
    : meters_(meters), since_log_(meters.latency), since_hub_(meters.hub_to_socket) {}

void Tally::count(std::vector<Meters::Amount>& by_type, std::string_view type, std::size_t bytes) {
    auto found =
        std::ranges::find(by_type, type.data(), [](const auto& one) { return one.type.data(); });
    if (found == by_type.end()) found = by_type.insert(found, {type});
    ++found->messages;
    found->bytes += bytes;
}

void Tally::received(std::string_view type, std::size_t bytes) {
    count(in_, type, bytes);
    ++traffic_.messages_in;
    traffic_.bytes_in += bytes;
}

void Tally::sent(const OutboundQueue::Item& item, Now now) {
    using Seconds = std::chrono::duration<double>;
    const auto& message = *item.message;
    count(out_, message.type, message.text.size());
    ++traffic_.messages_out;
    traffic_.bytes_out += message.text.size();
    if (message.logged_at_ms <= 0) return;
    const Seconds since_log =
        now.wall.time_since_epoch() - std::chrono::milliseconds{message.logged_at_ms};
    since_log_.add(since_log.count());
    if (item.handed == Instant{}) return;
    since_hub_.add(Seconds{now.steady - item.handed}.count());
}

void Tally::failed(Code code) {
    ++traffic_.errors[code];
    ++errors_[code];
}

void Tally::queue_changed(std::ptrdiff_t bytes) {
    queue_bytes_ += bytes;
}

void Tally::hand_on() {
    if (const auto more = queue_bytes_ - std::exchange(told_queue_bytes_, queue_bytes_); more != 0)
        meters_.queue_bytes.Increment(static_cast<double>(more));
    for (auto& one : in_)
        meters_.received(std::exchange(one, {one.type}));
    for (auto& one : out_)
        meters_.sent(std::exchange(one, {one.type}));
    for (const auto& [code, count] : std::exchange(errors_, {}))
        meters_.failed(text(code), count);
    meters_.deliveries.Increment(static_cast<double>(std::exchange(deliveries_, 0)));
    meters_.given_up.Increment(static_cast<double>(std::exchange(given_up_, 0)));
    since_log_.hand_on();
    since_hub_.hand_on();
}

}  // namespace duel::wsserver
