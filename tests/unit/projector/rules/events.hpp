#pragma once

#include "core/event.hpp"

#include <string>
#include <string_view>

// Events for tests, written short. Times are seconds after 2026-01-01 00:00.
namespace duel::projector {

inline Amount amount(std::string_view text) {
    return Amount::parse(text).value();
}

inline Timestamp at(double seconds) {
    return parse_timestamp("2026-01-01T00:00:00Z").value() +
           std::chrono::microseconds{static_cast<std::int64_t>(seconds * 1e6)};
}

inline ContestCreated created(const std::string& contest, std::string_view balance = "1000") {
    return {
        .contest_id = contest,
        .name = "Contest " + contest,
        .starting_balance = amount(balance),
        .prize_pool = amount("50"),
        .starts_at = at(0),
        .ends_at = at(3600),
        .rounds = 3,
        .timestamp = at(0)};
}

inline ContestStarted started(const std::string& contest, double seconds = 0) {
    return {.contest_id = contest, .reason = {}, .timestamp = at(seconds)};
}

inline ContestCompleted completed(const std::string& contest, double seconds = 0) {
    return {.contest_id = contest, .reason = {}, .timestamp = at(seconds)};
}

inline ContestCancelled cancelled(const std::string& contest, double seconds = 0) {
    return {.contest_id = contest, .reason = {}, .timestamp = at(seconds)};
}

inline RoundStarted round_started(const std::string& contest, int round) {
    return {.contest_id = contest, .round = round, .timestamp = at(0)};
}

inline ParticipantJoined
joined(const std::string& contest, const std::string& wallet, double seconds = 0) {
    return {
        .contest_id = contest,
        .wallet_address = wallet,
        .username = "name of " + wallet,
        .timestamp = at(seconds)};
}

inline ParticipantLeft
left(const std::string& contest, const std::string& wallet, double seconds = 0) {
    return {
        .contest_id = contest,
        .wallet_address = wallet,
        .username = "name of " + wallet,
        .timestamp = at(seconds)};
}

// "buy 2 SOL @100" or "sell 0.5 SOL @90 fee 1".
inline Trade trade(
    const std::string& id,
    const std::optional<std::string>& contest,
    const std::string& wallet,
    std::string_view what,
    double seconds = 0
) {
    const auto word = [&what] {
        const std::string_view first = what.substr(0, what.find(' '));
        what.remove_prefix(std::min(what.size(), first.size() + 1));
        return first;
    };
    Trade trade;
    trade.trade_id = id;
    trade.contest_id = contest;
    trade.wallet_address = wallet;
    trade.side = word() == "buy" ? Side::buy : Side::sell;
    trade.amount = amount(word());
    trade.symbol = word();
    trade.price = amount(word().substr(1));
    if (word() == "fee") trade.fee = amount(word());
    trade.timestamp = at(seconds);
    return trade;
}

inline Deposit deposit(
    const std::optional<std::string>& id,
    const std::optional<std::string>& contest,
    const std::string& wallet,
    std::string_view how_much
) {
    return {
        .transfer_id = id,
        .contest_id = contest,
        .wallet_address = wallet,
        .amount = amount(how_much),
        .timestamp = at(0)};
}

inline Withdrawal withdrawal(
    const std::optional<std::string>& id,
    const std::optional<std::string>& contest,
    const std::string& wallet,
    std::string_view how_much
) {
    return {
        .transfer_id = id,
        .contest_id = contest,
        .wallet_address = wallet,
        .amount = amount(how_much),
        .timestamp = at(0)};
}

inline Price tick(
    const std::string& symbol,
    std::string_view price,
    double seconds = 0,
    std::optional<std::string_view> size = {},
    std::optional<Side> side = {}
) {
    Price event;
    event.symbol = symbol;
    event.price = amount(price);
    if (size) event.size = amount(*size);
    event.side = side;
    event.timestamp = at(seconds);
    return event;
}

}  // namespace duel::projector
