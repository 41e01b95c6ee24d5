#pragma once

#include "tests/unit/projector/rules/events.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace duel::projector {

// A nasty stream of a market shard: ticks late by seconds, by hours and by days, silences of a day,
// ticks without size or side, tiny and huge prices and sizes, tokens. Same seed, same stream.
class MarketStream {
public:
    explicit MarketStream(std::uint64_t seed) : random_{seed} {}

    std::vector<Event> make(std::size_t count) {
        while (events_.size() < count) {
            if (below(50) == 0)
                add_token();
            else
                add_tick();
        }
        return events_;
    }

private:
    int below(int n) { return std::uniform_int_distribution{0, n - 1}(random_); }
    std::string symbol() { return "S" + std::to_string(below(3)); }

    Timestamp time() {
        constexpr int kLate[] = {60, 600, 5'000, 90'000, 300'000};
        constexpr int kEdges[] = {14, 15, 59, 60, 74, 75, 1'440, 1'441};  // of windows, in minutes
        seconds_ += below(60) == 0 ? below(150'000) : below(90);
        const int minute = static_cast<int>(seconds_) / 60;
        switch (below(20)) {
            case 0:  // to the microsecond where a minute begins
                return at(60.0 * minute);
            case 1:
                return at(60.0 * std::max(0, minute - kEdges[below(8)]));
            case 2:  // when another was
                if (!events_.empty()) return time_of(events_[index()]);
                [[fallthrough]];
            case 3:
            case 4:
            case 5:
            case 6:
                return at(std::max(0.0, seconds_ - below(kLate[below(5)])));
            default:
                return at(seconds_ + below(1'000) / 1'000.0);
        }
    }
    std::size_t index() {
        return static_cast<std::size_t>(below(static_cast<int>(events_.size())));
    }

    std::string number() {
        switch (below(10)) {
            case 0:
                return std::to_string(1 + below(9)) + "e-18";
            case 1:
                return std::to_string(1 + below(9)) + "e15";
            default:
                return std::to_string(1 + below(20)) + '.' + std::to_string(below(1'000));
        }
    }

    void add_tick() {
        Price event = tick(symbol(), number());
        event.timestamp = time();
        if (below(4) > 0) event.size = amount(number());
        if (below(3) > 0) event.side = below(2) == 0 ? Side::buy : Side::sell;
        // A day's candle holds two of them, the window of 24 hours more. Not around midnight, for
        // an hour of two days could hold as many.
        const double hour = seconds_of_day(event.timestamp) / 3'600;
        if (below(30) == 0 && hour > 2 && hour < 22) event.size = amount("4e19");
        events_.emplace_back(event);
    }

    static double seconds_of_day(Timestamp at) {
        return std::chrono::duration<double>(at - std::chrono::floor<std::chrono::days>(at))
            .count();
    }

    void add_token() {
        Token event;
        event.symbol = symbol();
        event.name = "Token " + std::to_string(below(100));
        if (below(2) == 0) event.decimals = below(19);
        if (below(2) == 0) event.image_url = "https://example.org/" + event.symbol;
        if (below(2) == 0) event.supply = amount(number());
        event.timestamp = time();
        events_.emplace_back(event);
    }

    std::mt19937_64 random_;
    std::vector<Event> events_;
    double seconds_{0};
};

}  // namespace duel::projector
