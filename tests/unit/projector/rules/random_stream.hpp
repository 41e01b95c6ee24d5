#pragma once

#include "tests/unit/projector/rules/events.hpp"

#include <random>
#include <string>
#include <vector>

namespace duel::projector {

// A nasty stream of a contest shard: late and repeated records, flips, tiny and huge amounts,
// leaving and coming back, deposits, trades outside contests, cancelled and completed contests.
// Same seed, same stream.
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed) : random_{seed} {}

    std::vector<Event> make(std::size_t count) {
        for (const char* contest : {"c0", "c1", "c2"})
            events_.emplace_back(created(contest, "10000"));
        while (events_.size() < count)
            add();
        return events_;
    }

private:
    int below(int n) { return std::uniform_int_distribution{0, n - 1}(random_); }
    std::string one_of(const char* prefix, int n) { return prefix + std::to_string(below(n)); }
    bool chance(int percent) { return below(100) < percent; }

    double time() {
        seconds_ += below(4);
        return chance(10) ? seconds_ - below(200) : seconds_;
    }

    std::string number() {
        switch (below(8)) {
            case 0:
                return std::to_string(1 + below(9)) + "e-18";
            case 1:
                return std::to_string(1 + below(999)) + "e-9";
            case 2:
                return std::to_string(1 + below(999)) + "e9";
            default:
                return std::to_string(1 + below(50)) + '.' + std::to_string(below(1'000));
        }
    }

    std::optional<std::string> contest() {
        if (chance(15)) return std::nullopt;
        return one_of("c", 3);
    }

    void add_trade() {
        Trade event;
        event.trade_id = "t" + std::to_string(chance(10) ? below(trades_ + 1) : ++trades_);
        event.contest_id = contest();
        event.wallet_address = one_of("w", 5);
        event.symbol = one_of("S", 3);
        event.side = chance(50) ? Side::buy : Side::sell;
        event.amount = amount(number());
        event.price = amount(number());
        if (chance(30)) event.fee = amount(number());
        event.timestamp = at(time());
        if (!Trade::check(event)) events_.emplace_back(event);
    }

    void add() {
        const int dice = below(100);
        if (dice < 3 && !events_.empty()) {
            events_.push_back(
                events_[static_cast<std::size_t>(below(static_cast<int>(events_.size())))]
            );
        } else if (dice < 10) {
            events_.emplace_back(joined(one_of("c", 3), one_of("w", 5), time()));
        } else if (dice < 12) {
            events_.emplace_back(left(one_of("c", 3), one_of("w", 5), time()));
        } else if (dice < 14) {
            events_.emplace_back(started(one_of("c", 3), time()));
        } else if (dice < 20) {
            events_.emplace_back(deposit(std::nullopt, contest(), one_of("w", 5), number()));
        } else if (dice < 22) {
            events_.emplace_back(
                withdrawal("x" + std::to_string(below(500)), contest(), one_of("w", 5), number())
            );
        } else if (dice == 22 && chance(5)) {
            events_.emplace_back(completed(one_of("c", 3), time()));
        } else if (dice == 23 && chance(3)) {
            events_.emplace_back(cancelled(one_of("c", 3), time()));
        } else if (dice < 45) {
            events_.emplace_back(tick(one_of("S", 3), number(), time()));
        } else {
            add_trade();
        }
    }

    std::mt19937_64 random_;
    std::vector<Event> events_;
    double seconds_{0};
    int trades_{0};
};

}  // namespace duel::projector
