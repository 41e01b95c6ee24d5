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
    if (announcement == newest_) return;
    newest_ = announcement;
    changed_at_.reset();
    tell(now, out);
}

void ServiceBoard::on_ability(bool is_able, Now now, Output& out) {
    if (is_able == is_able_) return;
    is_able_ = is_able;
    if (!is_announced_online()) return;
    changed_at_ = now.wall;
    tell(now, out);
}

void ServiceBoard::tell(Now now, Output& out) const {
    const auto told = message(now);
    for (const auto who : followers_)
        out.deliveries.push_back({who, told});
}

MessagePtr ServiceBoard::message(Now now) const {
    auto message = std::make_shared<Message>();
    message->type = "SERVER_STATUS_UPDATE";
    JsonWriter writer{message->text};
    writer.begin_object().field("type", message->type).key("data").begin_object();
    if (!is_able_ && is_announced_online()) {
        writer.field("status", ServiceStatus::maintenance);
        writer.field("message", "data is delayed; connections stay and catch up by themselves");
    } else {
        writer.field("status", newest_ ? newest_->status : ServiceStatus::online);
        writer.field("message", newest_ ? newest_->message : "the service is online");
    }
    const auto announced_at = newest_ ? newest_->timestamp : now.wall;
    writer.field("timestamp", changed_at_.value_or(announced_at));
    writer.end_object().field("timestamp", now.wall).end_object();
    return message;
}

// /api/v69/ws/monitor
Result<Opening> open_v69_monitor(const Asked&) {
    return Opening{.notice = Notice::service};
}

}  // namespace duel::wsserver
