#pragma once

#include "tests/unit/projector/rules/events.hpp"

#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace duel::projector {

// A nasty stream of a contest shard: late records, records again and with other content, flips,
// tiny and huge amounts, leaving and coming back, deposits, trades outside contests and in unknown
// ones, contests that begin, complete and are cancelled all the time. Same seed, same stream.
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed) : random_{seed} {}

    std::vector<Event> make(std::size_t count) {
        for (int i = 0; i < 3; ++i)
            create_contest();
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
        switch (below(10)) {
            case 0:
                return std::to_string(1 + below(9)) + "e-18";
            case 1:
                return std::to_string(1 + below(999)) + "e-9";
            case 2:
                return std::to_string(1 + below(999)) + "e9";
            case 3:
                return std::to_string(1 + below(9)) + "e15";
            default:
                return std::to_string(1 + below(50)) + '.' + std::to_string(below(1'000));
        }
    }

    // Mostly one of the newest three.
    std::string contest() {
        if (chance(3)) return "nowhere";
        const int newest = chance(85) ? std::min(contests_, 3) : contests_;
        return "c" + std::to_string(contests_ - 1 - below(newest));
    }
    std::optional<std::string> contest_or_none() {
        if (chance(15)) return std::nullopt;
        return contest();
    }
    std::string wallet() { return one_of("w", 6); }

    template <class E>
    void put(E event) {
        event.timestamp = at(time());
        events_.emplace_back(std::move(event));
    }

    void create_contest() {
        constexpr const char* kBalances[] = {"10000", "10000", "10000", "0", "1e-18", "1e15"};
        put(created("c" + std::to_string(contests_++), kBalances[below(6)]));
    }

    void add_join() {
        ParticipantJoined event = joined(contest(), wallet());
        if (chance(15)) event.username = "other " + event.username;
        put(event);
    }

    void add_trade() {
        Trade event;
        if (last_ && chance(10)) {
            event = *last_;  // and back
            event.side = last_->side == Side::buy ? Side::sell : Side::buy;
        } else {
            event.contest_id = contest_or_none();
            event.wallet_address = wallet();
            event.symbol = one_of("S", 3);
            event.side = chance(50) ? Side::buy : Side::sell;
            event.amount = amount(number());
        }
        event.trade_id = "t" + std::to_string(chance(5) ? below(trades_ + 1) : ++trades_);
        event.price = amount(number());
        event.fee = chance(30) ? amount(number()) : Amount{};
        if (chance(3)) {
            event.amount = amount("9e15");
            event.price = amount("9999");
        }
        event.timestamp = at(time());
        if (Trade::check(event)) return;
        events_.emplace_back(event);
        last_ = event;
    }

    std::optional<std::string> transfer_id() {
        if (chance(50)) return std::nullopt;
        return one_of("x", 500);
    }
    std::string transferred() { return chance(5) ? "9e19" : number(); }

    // A record again, as it was or with other content.
    void add_repetition() {
        Event event = events_[static_cast<std::size_t>(below(static_cast<int>(events_.size())))];
        if (chance(40)) std::visit([this](auto& e) { alter(e); }, event);
        events_.push_back(std::move(event));
    }
    void alter(Trade& event) {
        switch (below(4)) {
            case 0:
                event.fee = amount("1e-18");
                return;
            case 1:
                event.side = event.side == Side::buy ? Side::sell : Side::buy;
                return;
            case 2:
                event.wallet_address = wallet();
                return;
            default:
                event.timestamp += std::chrono::microseconds{1};
        }
    }
    void alter(ParticipantJoined& event) { event.username += " again"; }
    template <class E>
    void alter(E& event) {
        event.timestamp += std::chrono::microseconds{1};
    }

    void add() {
        const int dice = below(1'000);
        if (dice < 60)
            add_repetition();
        else if (dice < 150)
            add_join();
        else if (dice < 170)
            put(left(contest(), wallet()));
        else if (dice < 210)
            put(started(contest()));
        else if (dice < 220)
            put(round_started(contest(), 1 + below(3)));
        else if (dice < 265)
            put(deposit(transfer_id(), contest_or_none(), wallet(), transferred()));
        else if (dice < 290)
            put(withdrawal(transfer_id(), contest_or_none(), wallet(), transferred()));
        else if (dice < 294)
            put(completed(contest()));
        else if (dice < 296)
            put(cancelled(contest()));
        else if (dice < 302)
            create_contest();
        else if (dice < 490)
            put(tick(one_of("S", 3), number()));
        else
            add_trade();
    }

    std::mt19937_64 random_;
    std::vector<Event> events_;
    std::optional<Trade> last_;
    double seconds_{0};
    int contests_{0};
    int trades_{0};
};

}  // namespace duel::projector
