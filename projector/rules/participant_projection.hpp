#pragma once

#include "projector/rules/acceptance.hpp"
#include "projector/rules/rows/history_rows.hpp"

namespace duel::projector {

// Who takes part in a contest, and the record of joining and leaving.
//
// Joining opens a portfolio with the starting balance. Who leaves keeps it, unranked; joining again
// brings it back as it was.
class ParticipantProjection {
public:
    void on(const ParticipantJoined& event, Step& step);
    void on(const ParticipantLeft& event, Step& step);

    Table<ParticipantRow> participants;
    Append<MembershipRow> membership;

    auto tables() { return std::tie(participants, membership); }

private:
    void record(Step& step, std::int16_t kind, Timestamp at, const std::string& username);
};

}  // namespace duel::projector
