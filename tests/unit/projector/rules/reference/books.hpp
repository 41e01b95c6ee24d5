#pragma once

#include "core/event.hpp"
#include "tests/unit/projector/rules/reference/numbers.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

// What a contest shard holds, as the design's table of words has it: the books of the slow
// reference. Shares no code with projector/rules.
namespace duel::projector::reference {

struct Mark {
    Whole price;
    Timestamp at;
    bool from_tick{false};
};
using Marks = std::map<std::string, Mark>;  // by symbol

struct Lot {
    Whole quantity, cost, realized;

    std::optional<Whole> unrealized(const Mark& mark) const {
        return derived(product(quantity, mark.price) - cost);
    }
    std::optional<Whole> average_price() const {
        if (quantity == 0) return std::nullopt;
        return derived(quotient(cost * kOne, quantity));
    }
};

struct Portfolio {
    Whole cash, put_in, realized, fees;
    std::map<std::string, Lot> lots;  // by symbol, flat ones included
    std::optional<Timestamp> last_trade_at;
    std::int64_t last_trade_seq{0};

    void transfer(const Whole& how_much) {
        cash += how_much;
        put_in += how_much;
    }

    // What it realized.
    Whole trade(const Trade& event) {
        Lot& lot = lots[event.symbol];
        const Whole price = exact(event.price);
        const Whole amount = exact(event.amount);
        const Whole value = product(amount, price);
        const int direction = event.side == Side::buy ? 1 : -1;

        Whole open = amount, open_value = value, gain = 0;
        if (lot.quantity * direction < 0) {
            const Whole held = abs(lot.quantity);
            const Whole closed = std::min(amount, held);
            const Whole proceeds = amount <= held ? value : product(held, price);
            const Whole taken = amount < held ? quotient(lot.cost * closed, held) : lot.cost;
            gain = -direction * proceeds - taken;
            lot.cost -= taken;
            lot.quantity += direction * closed;
            open -= closed;
            open_value -= proceeds;
        }
        lot.quantity += direction * open;
        lot.cost += direction * open_value;
        lot.realized += gain;
        realized += gain;
        fees += exact(event.fee);
        cash -= direction * value + exact(event.fee);
        if (!last_trade_at || *last_trade_at < event.timestamp) last_trade_at = event.timestamp;
        return gain;
    }

    bool can_be_stored() const {
        for (const auto& [symbol, lot] : lots)
            if (!fits(lot.quantity) || !fits(lot.cost) || !fits(lot.realized)) return false;
        return fits(cash) && fits(put_in) && fits(realized) && fits(fees);
    }

    std::optional<Whole> equity(const Marks& marks) const {
        Whole sum = cash;
        for (const auto& [symbol, lot] : lots)
            sum += product(lot.quantity, marks.at(symbol).price);
        return derived(sum);
    }
};

// A line of a ranking.
struct Standing {
    std::optional<int> rank;  // none: no longer ranked
    std::optional<Whole> value;
    std::optional<Whole> performance;

    bool operator==(const Standing&) const = default;
};

// A wallet in a contest, or outside all.
struct Account {
    Portfolio portfolio;
    std::string username;
    Timestamp joined_at;
    std::optional<Timestamp> left_at;

    // On the leaderboard, with its last trade then.
    std::optional<std::pair<Standing, std::optional<Timestamp>>> board;
    // What the histories said last.
    std::optional<std::pair<std::optional<Whole>, Whole>> minute_equity;
    Standing minute_standing;

    bool is_in() const { return !left_at; }
};

// The ids that are taken, with what they stood for the first time.
struct Ids {
    std::map<std::string, Trade> trades;
    std::map<std::string, Event> transfers;
};

struct Contest {
    ContestCreated created;
    ContestStatus status{ContestStatus::upcoming};
    std::optional<Timestamp> started_at;
    std::optional<Timestamp> ended_at;
    std::optional<std::int64_t> round;
    std::int64_t last_event_seq{0};
    std::map<std::string, Account> accounts;  // by wallet
    Ids ids;

    const Account* member(const std::string& wallet) const {
        const auto found = accounts.find(wallet);
        return found != accounts.end() && found->second.is_in() ? &found->second : nullptr;
    }
};

struct Books {
    std::map<std::string, Contest> contests;
    std::map<std::string, Account> main;  // by wallet
    std::map<std::string, Ids> main_ids;
    Marks marks;
    std::optional<Timestamp> now;
};

}  // namespace duel::projector::reference
