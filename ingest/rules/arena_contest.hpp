#pragma once

// A recorded arena as the events of one contest, `arena`.
//
// Everybody starts with 10,000, the arena's stake; whose portfolio file says that more or less was
// put in gets a deposit or withdrawal of the difference before the start. Funding payments are no
// trades and are left out: a final equity differs from the exchange's account value by them
// (−120.32, +77.57 and +41.00 for the three wallets that have such files).

#include "core/event.hpp"
#include "ingest/rules/arena_recording.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace duel::ingest {

struct ArenaParticipant {
    std::string slug;  // names the wallet in trade ids
    std::string wallet_address;
    std::string username;
    std::optional<Amount> put_in;  // where the recording says so
};

class ArenaContest {
public:
    static constexpr std::string_view kContestId = "arena";

    // The contest lasts from its first to its last fill.
    ArenaContest(
        std::vector<ArenaParticipant> participants,
        Timestamp starts_at,
        Timestamp ends_at
    );

    // Creation, participants, their adjusting transfers, start; all at `starts_at`.
    std::vector<Event> opening() const;

    // The market's price, with the fill as its size, and then the trade itself. Both carry the id
    // "grok-4:17": wallet and line of its file, so a second replay repeats ids with the same
    // content.
    std::array<Event, 2> on(const ArenaFill& fill) const;

    Event completion() const;

private:
    std::vector<ArenaParticipant> participants_;
    Timestamp starts_at_;
    Timestamp ends_at_;
};

}  // namespace duel::ingest
