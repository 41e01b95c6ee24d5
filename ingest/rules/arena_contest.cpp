#include "ingest/rules/arena_contest.hpp"

#include <fmt/format.h>

namespace duel::ingest {
namespace {

constexpr Amount kStake = Amount::from_integer(10'000);

template <class Transfer>
Transfer transfer_of(const ArenaParticipant& participant, Amount amount, Timestamp at) {
    Transfer transfer;
    transfer.timestamp = at;
    transfer.contest_id = std::string{ArenaContest::kContestId};
    transfer.wallet_address = participant.wallet_address;
    transfer.amount = amount;
    transfer.transfer_id = participant.slug + ":stake";
    return transfer;
}

std::optional<Event> adjustment(const ArenaParticipant& participant, Timestamp at) {
    if (!participant.put_in || *participant.put_in == kStake) return std::nullopt;
    if (*participant.put_in > kStake)
        return transfer_of<Deposit>(participant, *participant.put_in - kStake, at);
    return transfer_of<Withdrawal>(participant, kStake - *participant.put_in, at);
}

}  // namespace

ArenaContest::ArenaContest(
    std::vector<ArenaParticipant> participants,
    Timestamp starts_at,
    Timestamp ends_at
)
    : participants_{std::move(participants)}, starts_at_{starts_at}, ends_at_{ends_at} {}

std::vector<Event> ArenaContest::opening() const {
    std::vector<Event> events;
    ContestCreated created;
    created.timestamp = starts_at_;
    created.contest_id = kContestId;
    created.name = fmt::format("Arena, {} models (recorded)", participants_.size());
    created.starting_balance = kStake;
    created.prize_pool = Amount{};
    created.starts_at = starts_at_;
    created.ends_at = ends_at_;
    events.emplace_back(std::move(created));

    for (const ArenaParticipant& participant : participants_) {
        ParticipantJoined joined;
        joined.timestamp = starts_at_;
        joined.contest_id = kContestId;
        joined.wallet_address = participant.wallet_address;
        joined.username = participant.username;
        events.emplace_back(std::move(joined));
        if (auto transfer = adjustment(participant, starts_at_))
            events.push_back(*std::move(transfer));
    }

    ContestStarted started;
    started.timestamp = starts_at_;
    started.contest_id = kContestId;
    events.emplace_back(std::move(started));
    return events;
}

std::array<Event, 2> ArenaContest::on(const ArenaFill& fill) const {
    const ArenaParticipant& participant = participants_[fill.participant];
    const std::string id = fmt::format("{}:{}", participant.slug, fill.line);

    Price price;
    price.timestamp = fill.at;
    price.symbol = fill.symbol;
    price.price = fill.price;
    price.size = fill.shares;
    price.side = fill.side;
    price.source = std::string{kContestId};
    price.tick_id = id;

    Trade trade;
    trade.timestamp = fill.at;
    trade.trade_id = id;
    trade.contest_id = std::string{kContestId};
    trade.wallet_address = participant.wallet_address;
    trade.symbol = fill.symbol;
    trade.side = fill.side;
    trade.amount = fill.shares;
    trade.price = fill.price;
    trade.fee = fill.fee;
    return {std::move(price), std::move(trade)};
}

Event ArenaContest::completion() const {
    ContestCompleted completed;
    completed.timestamp = ends_at_;
    completed.contest_id = kContestId;
    return completed;
}

}  // namespace duel::ingest
