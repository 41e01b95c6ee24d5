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

    double time() {
        constexpr int kLate[] = {60, 600, 5'000, 90'000, 300'000};
        seconds_ += below(60) == 0 ? below(150'000) : below(90);
        const double late = below(4) == 0 ? below(kLate[below(5)]) : 0;
        // Now and then to the microsecond where a minute begins or ends.
        const double when = std::max(0.0, seconds_ - late);
        if (below(10) == 0) return 60.0 * static_cast<int>(when / 60);
        return when + below(1'000) / 1'000.0;
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
        Price event = tick(symbol(), number(), time());
        if (below(4) > 0) event.size = amount(number());
        if (below(3) > 0) event.side = below(2) == 0 ? Side::buy : Side::sell;
        // A day's candle holds two of them, the window of 24 hours more. Not around midnight: see
        // reference/market.hpp.
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
        event.timestamp = at(time());
        events_.emplace_back(event);
    }

    std::mt19937_64 random_;
    std::vector<Event> events_;
    double seconds_{0};
};

}  // namespace duel::projector
