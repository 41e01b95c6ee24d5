#include "projector/rules/participant_projection.hpp"

namespace duel::projector {

void ParticipantProjection::on(const ParticipantJoined& event, Step& step) {
    const Contest& contest = *step.contest;
    if (step.portfolio == nullptr) {
        step.portfolio =
            &step.ledger.open(*step.wallet, step.contest, contest.row.starting_balance, step.seq);
        step.portfolio->participant.portfolio_no = step.portfolio->row.portfolio_no;
        step.portfolio->participant.contest_no = contest.row.contest_no;
    }
    ParticipantRow& participant = step.portfolio->participant;
    participant.username = event.username;
    participant.joined_at = event.timestamp;
    participant.left_at.reset();
    step.contest->row.total_participants += 1;
    record(step, 1, event.timestamp, event.username);
}

void ParticipantProjection::on(const ParticipantLeft& event, Step& step) {
    step.portfolio->participant.left_at = event.timestamp;
    step.contest->row.total_participants -= 1;
    record(step, -1, event.timestamp, step.portfolio->participant.username);
}

void ParticipantProjection::record(
    Step& step,
    std::int16_t kind,
    Timestamp at,
    const std::string& username
) {
    MembershipRow row;
    row.seq = step.seq;
    row.contest_no = step.contest->row.contest_no;
    row.portfolio_no = step.portfolio->row.portfolio_no;
    row.prev_seq = step.contest->row.last_event_seq;
    row.at = at;
    row.kind = kind;
    row.username = username;
    row.portfolio = step.portfolio;
    membership.add(std::move(row));

    step.contest->row.last_event_seq = step.seq;
    step.contest->moved = ++step.ledger.motion;
    step.contest->accounts->stakes.note(*step.portfolio);
    step.ledger.tell(*step.contest, step.seq);
    participants.touch(step.portfolio->participant, step.seq);
}

}  // namespace duel::projector
