#include "wsserver/streams/event_messages.hpp"

namespace duel::wsserver {

MessagePtr trade_executed(const feed::Trade& trade, const Place& place, std::int64_t logged_at_ms) {
    Envelope envelope{"TRADE_EXECUTED", place};
    envelope.data()
        .field("trade_id", trade.trade_id)
        .field("wallet_address", trade.wallet_address)
        .field("symbol", trade.symbol)
        .field("side", trade.side)
        .field("amount", trade.amount)
        .field("price", trade.price)
        .field("timestamp", trade.at)
        .field("contest_id", trade.contest_id);
    return envelope.finish(logged_at_ms);
}

MessagePtr participant_activity(
    const feed::Activity& activity,
    const Place& place,
    std::int64_t logged_at_ms
) {
    Envelope envelope{"PARTICIPANT_ACTIVITY", place};
    auto& data = envelope.data()
                     .field("contest_id", activity.contest_id)
                     .field("wallet_address", activity.wallet_address)
                     .field("username", activity.username)
                     .field("activity_type", activity.activity_type);
    if (activity.activity_type == ActivityType::trade)
        data.key("details")
            .begin_object()
            .field("symbol", activity.symbol)
            .field("side", activity.side)
            .field("amount", activity.amount)
            .field("price", activity.price)
            .end_object();
    data.field("timestamp", activity.at);
    return envelope.finish(logged_at_ms);
}

}  // namespace duel::wsserver
