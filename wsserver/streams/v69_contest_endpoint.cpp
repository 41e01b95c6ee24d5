#include "wsserver/streams/streams.hpp"

namespace duel::wsserver {

// /api/v69/ws/contest: contests are chosen by messages.
Result<Opening> open_v69_rooms(const Asked&) {
    return Opening{};
}

// {"type":"JOIN_ROOM","contestId":"c1"} and LEAVE_ROOM. Some clients number their contests.
Result<Change> heed_v69_contest(const Demand& demand, const Identity& identity) {
    const bool is_joining = is_type(demand, "JOIN_ROOM");
    if (!is_joining && !is_type(demand, "LEAVE_ROOM"))
        return unknown_demand(demand, "JOIN_ROOM, LEAVE_ROOM, ping or authenticate");
    const auto found = demand.fields.find("contestId");
    std::string text;
    if (found != demand.fields.end() && found->is_string())
        text = found->get<std::string>();
    else if (found != demand.fields.end() && found->is_number_integer())
        text = found->dump();
    const auto contest_id = id_from("contestId", text);
    if (!contest_id) return contest_id.error();
    Change change;
    if (is_joining)
        change.add.wishes.push_back({Channel::contest(*contest_id), {.viewer = identity.wallet}});
    else
        change.remove.push_back(Channel::contest(*contest_id));
    return change;
}

}  // namespace duel::wsserver
