#include "wsserver/streams/service_board.hpp"

#include "wsserver/streams/streams.hpp"

#include <utility>
#include <vector>

namespace duel::wsserver {
namespace {

constexpr Duration kLongestWait = std::chrono::seconds{1};

}  // namespace

void ServiceBoard::open(Peer& peer, Welcome welcome, Now now, Output& out) {
    auto& follower = followers_[peer.id] = Follower{&peer};
    if (welcome == Welcome::always) return deliver(follower, message(now), out);
    if (is_able_ && is_announced_online()) return;
    const bool waits = welcome == Welcome::after_subscribed;
    waiting_[peer.id] = now.steady + (waits ? kLongestWait : Duration{});
}

void ServiceBoard::close(ConnectionId who) {
    followers_.erase(who);
    waiting_.erase(who);
}

void ServiceBoard::catch_up(ConnectionId who, Now now, Output& out) {
    const auto found = followers_.find(who);
    if (found == followers_.end() || !std::exchange(found->second.is_behind, false)) return;
    deliver(found->second, message(now), out);
}

void ServiceBoard::flush(Now now, Output& out) {
    if (waiting_.empty()) return;
    std::vector<ConnectionId> ready;
    for (const auto& delivery : out.deliveries)
        if (delivery.message->type == "SUBSCRIBED" && waiting_.erase(delivery.to) > 0)
            ready.push_back(delivery.to);
    std::erase_if(waiting_, [&](const auto& one) {
        if (one.second > now.steady) return false;
        ready.push_back(one.first);
        return true;
    });
    if (ready.empty()) return;
    const auto told = message(now);
    for (const auto who : ready)
        deliver(followers_.at(who), told, out);
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

void ServiceBoard::tell(Now now, Output& out) {
    waiting_.clear();
    const auto told = message(now);
    for (auto& [who, follower] : followers_)
        deliver(follower, told, out);
}

void ServiceBoard::deliver(Follower& to, const MessagePtr& message, Output& out) {
    to.is_behind = to.peer->congested;
    if (to.is_behind)
        ++out.counts.withheld;
    else
        out.deliveries.push_back({to.peer->id, message});
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
