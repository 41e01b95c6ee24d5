#include "bench/workload.hpp"

#include <chrono>
#include <fmt/format.h>

namespace duel::bench {

std::string World::contest(std::uint32_t number) const {
    return fmt::format("{}-{}", name, number);
}

std::string World::wallet(std::uint32_t number) const {
    return fmt::format("{:0>44}", fmt::format("w{}", number));
}

std::string World::symbol(std::uint32_t number) const {
    return fmt::format("SYM{:02}", number);
}

std::uint32_t number_in(const std::string& name) {
    return static_cast<std::uint32_t>(
        std::stoul(name.substr(name.find_last_not_of("0123456789") + 1))
    );
}

std::vector<Event> Workload::opening(Timestamp now) const {
    using std::chrono::hours;
    std::vector<Event> events;
    for (std::uint32_t c = 0; c < world_.contests; ++c) {
        const auto contest = world_.contest(c);
        events.emplace_back(ContestCreated{
            contest,
            "measured: " + contest,
            Amount::from_integer(1'000'000),
            Amount{},
            now,
            now + hours{24},
            {},
            now});
        events.emplace_back(ContestStarted{contest, {}, now});
        for (std::uint32_t w = 0; w < world_.wallets; ++w) {
            const auto wallet = world_.wallet(w);
            events.emplace_back(ParticipantJoined{contest, wallet, fmt::format("user {}", w), now});
        }
    }
    for (std::uint32_t s = 0; s < world_.symbols; ++s) {
        events.emplace_back(Price{
            world_.symbol(s), Amount::from_integer(100 + s), {}, {}, {}, {}, now});
    }
    return events;
}

Trade Workload::trade(Timestamp now) {
    Trade trade;
    trade.trade_id = fmt::format("{:016x}{:016x}", random_(), random_());
    trade.contest_id = world_.contest(below(world_.contests));
    trade.wallet_address = world_.wallet(below(world_.wallets));
    trade.symbol = world_.symbol(below(world_.symbols));
    trade.side = below(2) == 0 ? Side::buy : Side::sell;
    trade.amount = amount(1, 10'000);
    trade.price = amount(5'000, 15'000);
    trade.fee = amount(1, 100);
    trade.timestamp = now;
    return trade;
}

Price Workload::tick(Timestamp now) {
    Price tick;
    tick.symbol = world_.symbol(below(world_.symbols));
    tick.price = amount(5'000, 15'000);
    tick.size = amount(1, 100'000);
    tick.side = below(2) == 0 ? Side::buy : Side::sell;
    tick.source = "bench";
    tick.timestamp = now;
    return tick;
}

Trade Workload::marked_trade(
    std::uint32_t contest,
    std::uint32_t wallet,
    Amount price,
    Timestamp now
) {
    Trade made = trade(now);
    made.contest_id = world_.contest(contest);
    made.wallet_address = world_.wallet(wallet);
    made.amount = amount(1, 100);
    made.price = price;
    return made;
}

std::uint32_t Workload::below(std::uint32_t limit) {
    return static_cast<std::uint32_t>(random_() % limit);
}

Amount Workload::amount(std::uint32_t least_cents, std::uint32_t most_cents) {
    const auto cents = least_cents + below(most_cents - least_cents + 1);
    return Amount::from_units(Amount::kUnitsPerOne / 100 * cents);
}

}  // namespace duel::bench
