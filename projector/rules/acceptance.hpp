#pragma once

#include "core/event.hpp"
#include "projector/rules/booking.hpp"
#include "projector/rules/ledger.hpp"
#include "projector/rules/verdict.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace duel::projector {

// One event on its way into a contest shard: what its names stand for, found by judge() and used by
// every projection. Null is what is not there yet (or does not belong to the event).
struct Step {
    Ledger& ledger;
    const Place& at;
    std::int64_t seq{0};

    Contest* contest{nullptr};
    Wallet* wallet{nullptr};
    Portfolio* portfolio{nullptr};
    Symbol* symbol{nullptr};
    std::optional<std::string> claims{};  // the home that this event settles
    Booking booking{};                    // of a trade
};

// What is accepted, decided by the order of the log alone. Nothing here changes the ledger.
//
// In this order: the home, then whether the effect is there already (a harmless retry, or a
// conflict where the content differs), then the state of the contest, then who takes part, then the
// range of the stored amounts. A refusal for any reason but the home needs certainty that it is no
// retry, so it may ask for an old id first.
Verdict judge(const ContestCreated& event, Step& step);
Verdict judge(const ContestStarted& event, Step& step);
Verdict judge(const ContestCompleted& event, Step& step);
Verdict judge(const ContestCancelled& event, Step& step);
Verdict judge(const RoundStarted& event, Step& step);
Verdict judge(const ParticipantJoined& event, Step& step);
Verdict judge(const ParticipantLeft& event, Step& step);
Verdict judge(const Trade& event, Step& step);
Verdict judge(const Deposit& event, Step& step);
Verdict judge(const Withdrawal& event, Step& step);
Verdict judge(const Price& event, Step& step);

}  // namespace duel::projector
