#pragma once

// What one loop counts, handed on to the meters once a tick: nothing of it locks per message.
// Belongs to the loop's thread.

#include "wsserver/meters.hpp"
#include "wsserver/net/outbound_queue.hpp"
#include "wsserver/observations.hpp"
#include "wsserver/streams/traffic.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

namespace duel::wsserver {

class Tally {
public:
    explicit Tally(Meters& meters);

    // `type` is a static text: the same text is at the same place.
    void received(std::string_view type, std::size_t bytes);
    // Put in line for a client.
    void delivered() { ++deliveries_; }
    // Given to TLS, which writes it at once where the socket takes it.
    void sent(const OutboundQueue::Item& item, Now now);
    void failed(Code code);
    // State and event messages that a client will never get from here.
    void gave_up(std::size_t messages) { given_up_ += messages; }
    void queue_changed(std::ptrdiff_t bytes);

    void hand_on();

    // Since the start.
    const Traffic& traffic() const { return traffic_; }
    std::size_t queue_bytes() const { return static_cast<std::size_t>(queue_bytes_); }

private:
    static void
    count(std::vector<Meters::Amount>& by_type, std::string_view type, std::size_t bytes);

    Meters& meters_;
    Traffic traffic_;
    std::vector<Meters::Amount> in_;  // by type, since the last tick
    std::vector<Meters::Amount> out_;
    std::size_t deliveries_ = 0;
    std::size_t given_up_ = 0;
    std::map<Code, std::uint64_t> errors_;
    std::ptrdiff_t queue_bytes_ = 0;
    std::ptrdiff_t told_queue_bytes_ = 0;
    Observations since_log_;
    Observations since_hub_;
};

}  // namespace duel::wsserver
