#pragma once

#include "core/amount.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace duel::bench {

using Clock = std::chrono::steady_clock;

// When each event was due, and how much later each client had it.
//
// Events are told apart by their price: number n has the price 100 + n millionths, whatever the
// message that brings it. One thread stamps, one receives.
class Deliveries {
public:
    explicit Deliveries(std::size_t events) : due_(events) {}

    static Amount price_of(std::size_t number);
    // The number in the first `"price":` of a message; nothing where it has none of ours.
    std::optional<std::size_t> number_in(std::string_view message) const;

    // Before the event is produced: when it should have been, whether or not the producer is late.
    void stamp(std::size_t number, Clock::time_point due);

    // A client has the event: counted from `warm_up` on.
    void receive(std::size_t number, Clock::time_point now);
    void count_from(std::size_t warm_up) { warm_up_ = warm_up; }

    std::vector<double>& milliseconds() { return milliseconds_; }
    std::uint64_t received() const { return received_; }  // of those that count

private:
    std::vector<std::atomic<Clock::rep>> due_;
    std::size_t warm_up_ = 0;
    std::atomic<std::uint64_t> received_ = 0;
    std::vector<double> milliseconds_;
};

}  // namespace duel::bench
