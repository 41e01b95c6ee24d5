#include "wsserver/streams/service_board.hpp"

#include "wsserver/streams/streams.hpp"

namespace duel::wsserver {

void ServiceBoard::open(const Peer& peer, Now now, Output& out) {
    followers_.insert(peer.id);
    out.deliveries.push_back({peer.id, message(now)});
}

void ServiceBoard::close(ConnectionId who) {
    followers_.erase(who);
}

void ServiceBoard::on_announcement(const Announcement& announcement, Now now, Output& out) {
    if (newest_ && (announcement.timestamp < newest_->timestamp || announcement == *newest_))
        return;
    newest_ = announcement;
    const auto told = message(now);
    for (const auto who : followers_)
        out.deliveries.push_back({who, told});
}

MessagePtr ServiceBoard::message(Now now) const {
    auto message = std::make_shared<Message>();
    message->type = "SERVER_STATUS_UPDATE";
    JsonWriter writer{message->text};
    writer.begin_object().field("type", message->type).key("data").begin_object();
    writer.field("status", newest_ ? newest_->status : ServiceStatus::online);
    writer.field("message", newest_ ? newest_->message : "the service is online");
    writer.field("timestamp", newest_ ? newest_->timestamp : now.wall);
    writer.end_object().field("timestamp", now.wall).end_object();
    return message;
}

// /api/v69/ws/monitor
Result<Opening> open_v69_monitor(const Asked&) {
    return Opening{.notice = Notice::service};
}

}  // namespace duel::wsserver
