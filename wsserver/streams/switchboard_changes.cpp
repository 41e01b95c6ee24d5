#include "wsserver/streams/switchboard.hpp"

// Channels that come and go on an open connection.
namespace duel::wsserver {

void Switchboard::change(ConnectionId who, const Change& change, Now now) {
    const auto found = connections_.find(who);
    if (found == connections_.end()) return;
    auto& connection = *found->second;
    for (const auto& channel : change.remove)
        drop(connection, channel);
    connection.since.has_invalid = false;
    connection.since.merge(change.add.since);
    take_up(connection, change.add, now);
    // What is left are cursors of channels that were not named: they must not count later. Those of
    // the wallet's portfolios that cannot be honoured wait for the list of its contests.
    connection.since.cursors.clear();
    if (!change.add.trades_of) connection.since.invalid.clear();
    if (change.hang_up) out_.closings.push_back({who, *change.hang_up, "as it was asked for"});
    if (change.monitor) heed_monitor(who, *change.monitor, now);
    if (change.tokens) tokens_.heed(who, *change.tokens, now, out_);
}

// Follows a channel that the client named, as far as the limit allows.
void Switchboard::wish(Connection& connection, const Wish& wish, Now now) {
    const auto followed = connection.channels.find(wish.channel.key());
    const bool is_new = followed == connection.channels.end() || followed->second != Reason::wish;
    const auto most = board_.settings.most_subscriptions;
    if (!is_new || connection.wishes < most) return follow(connection, wish, Reason::wish, {}, now);
    out_.deliveries.push_back(
        {connection.peer.id,
         error_message(
             connection.peer.dialect,
             about(
                 {Code::too_many_subscriptions,
                  "channels",
                  std::to_string(connection.wishes + 1),
                  "at most " + std::to_string(most)},
                 wish.channel.wire_name()
             ),
             now.wall
         )}
    );
}

// A channel that the client does not want any more is acknowledged, followed or not.
void Switchboard::drop(Connection& connection, const Channel& channel) {
    const auto key = channel.key();
    const auto followed = connection.channels.find(key);
    if (followed == connection.channels.end() || followed->second != Reason::wish) {
        out_.deliveries.push_back({connection.peer.id, unsubscribed(channel)});
        return;
    }
    --connection.wishes;
    auto& stream = *streams_.at(key).stream;
    out_.deliveries.push_back({connection.peer.id, stream.unsubscribed(connection.peer.id)});
    const bool is_of_wallet =
        channel.kind == Channel::Kind::portfolio && channel.wallet == connection.trades_of;
    // The trades of a contest's portfolio belong to the main portfolio's channel too.
    if (is_of_wallet && !channel.name.empty()) {
        stream.mute(connection.peer.id);
        followed->second = Reason::trades;
        return;
    }
    leave(connection, key);
    connection.channels.erase(followed);
    if (is_of_wallet) drop_trades(connection);
}

void Switchboard::drop_trades(Connection& connection) {
    const auto followers = trade_followers_.find(connection.trades_of);
    if (followers == trade_followers_.end()) return;
    followers->second.erase(connection.peer.id);
    if (followers->second.empty()) trade_followers_.erase(followers);
    connection.trades_of.clear();
    std::erase_if(connection.channels, [&](const auto& followed) {
        if (followed.second != Reason::trades) return false;
        leave(connection, followed.first);
        return true;
    });
}

void Switchboard::leave(Connection& connection, const std::string& key) {
    const auto found = streams_.find(key);
    if (found == streams_.end()) return;
    found->second.stream->unsubscribe(connection.peer.id);
    found->second.stream->touch();
}

}  // namespace duel::wsserver
