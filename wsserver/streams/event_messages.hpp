#pragma once

// Event messages: what happened, never conflated.

#include "core/feed.hpp"
#include "wsserver/streams/message.hpp"

namespace duel::wsserver {

// TRADE_EXECUTED on the channel of its portfolio.
MessagePtr trade_executed(const feed::Trade& trade, const Place& place, std::int64_t logged_at_ms);

// PARTICIPANT_ACTIVITY on the channel of its contest.
MessagePtr
participant_activity(const feed::Activity& activity, const Place& place, std::int64_t logged_at_ms);

}  // namespace duel::wsserver
