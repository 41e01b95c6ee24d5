#include "projector/rules/contest_projection.hpp"

namespace duel::projector {
namespace {

void end(Step& step, ContestStatus status, Timestamp at) {
    step.contest->row.status = status;
    step.contest->row.ended_at = at;
    step.ledger.end(*step.contest);
    step.ledger.tell(*step.contest, step.seq);
}

}  // namespace

void ContestProjection::on(const ContestCreated& event, Step& step) {
    ContestRow row;
    row.contest_no = step.ledger.numbering.take();
    row.contest_id = event.contest_id;
    row.name = event.name;
    row.starting_balance = event.starting_balance;
    row.prize_pool = event.prize_pool;
    row.starts_at = event.starts_at;
    row.ends_at = event.ends_at;
    row.created_at = event.timestamp;
    if (event.rounds) row.rounds = static_cast<std::int32_t>(*event.rounds);
    step.contest = &step.ledger.add(std::move(row));
    step.ledger.tell(*step.contest, step.seq);
}

void ContestProjection::on(const ContestStarted& event, Step& step) {
    step.contest->row.status = ContestStatus::active;
    step.contest->row.started_at = event.timestamp;
    step.ledger.tell(*step.contest, step.seq);
}

void ContestProjection::on(const RoundStarted& event, Step& step) {
    step.contest->row.current_round = static_cast<std::int32_t>(event.round);
    step.ledger.tell(*step.contest, step.seq);
}

void ContestProjection::on(const ContestCompleted& event, Step& step) {
    end(step, ContestStatus::completed, event.timestamp);
}

void ContestProjection::on(const ContestCancelled& event, Step& step) {
    end(step, ContestStatus::cancelled, event.timestamp);
}

}  // namespace duel::projector
