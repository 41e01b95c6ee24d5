#include "wsserver/streams/channel_stream.hpp"

#include "wsserver/streams/event_messages.hpp"

#include <algorithm>
#include <utility>

namespace duel::wsserver {

using Stage = Subscriber::Stage;

ChannelStream::ChannelStream(Channel channel, Board& board)
    : channel_(std::move(channel)), key_(channel_.key()), board_(board) {}

void ChannelStream::subscribe_again(Subscriber subscriber, Now now, Output& out) {
    if (const auto* before = find(subscriber.peer->id)) {
        go_on(*before, subscriber);
        unsubscribe(subscriber.peer->id);
    }
    subscribe(std::move(subscriber), now, out);
}

void ChannelStream::subscribe(Subscriber subscriber, Now now, Output& out) {
    subscriber.questions_before = board_.tickets;
    subscribers_.push_back(std::make_unique<Subscriber>(std::move(subscriber)));
    touch();
    if (loaded_)
        admit(*subscribers_.back(), now, out);
    else
        ask_snapshot(out);
}

void ChannelStream::unsubscribe(ConnectionId who) {
    std::erase_if(subscribers_, [&](const auto& one) { return one->peer->id == who; });
}

// No event message is lost or comes twice where a channel is subscribed to again.
void ChannelStream::go_on(const Subscriber& before, Subscriber& after) const {
    after.renumbered = before.renumbered;
    after.shown = before.shown;
    if (after.since.cursor || after.since.invalid) return;
    if (before.stage == Stage::waiting || before.stage == Stage::counting) {
        after.since = before.since;
        after.from = before.from;
    } else {
        after.from =
            before.stage == Stage::live ? std::max(before.delivered, state_seq_) : before.delivered;
    }
}

void ChannelStream::mute(ConnectionId who) {
    touch();
    if (auto* subscriber = find(who)) subscriber->options.states = false;
}

MessagePtr ChannelStream::unsubscribed(ConnectionId who) const {
    const auto* subscriber = find(who);
    if (subscriber == nullptr || subscriber->stage == Stage::waiting)
        return wsserver::unsubscribed(channel_);
    auto to = place();
    if (subscriber->stage != Stage::live) to.seq = subscriber->delivered;
    return Envelope{"UNSUBSCRIBED", to}.finish(0);
}

void ChannelStream::ask_snapshot(Output& out) {
    if (ticket_ != 0) return;
    ticket_ = ++board_.tickets;
    out.asks.push_back({.what = Ask::What::snapshot, .channel = channel_, .ticket = ticket_});
}

void ChannelStream::ask_again(Output& out) {
    ticket_ = 0;
    ask_snapshot(out);
}

std::vector<ConnectionId>
ChannelStream::load(std::uint64_t ticket, const Snapshot& snapshot, Now now, Output& out) {
    if (ticket != ticket_) return {};
    answered_ = std::exchange(ticket_, 0);
    touch();
    const auto pending = std::exchange(pending_, {});
    if (!snapshot.rows) return refuse_waiting(now, out);

    replace(snapshot, now);
    state_seq_ = snapshot.seq;
    seq_ = std::max(seq_, snapshot.seq);
    event_seq_ = std::max(event_seq_, snapshot.last_event_seq);
    for (const auto& [record, logged_at_ms] : pending)
        if (record.head.seq > snapshot.seq) take(record, logged_at_ms, now, out.counts);
    loaded_ = true;

    const auto waiting = std::ranges::count(subscribers_, Stage::waiting, [](const auto& one) {
        return one->stage;
    });
    if (waiting > 0) ++out.counts.snapshots;
    out.counts.snapshot_subscribers += static_cast<std::uint64_t>(waiting);
    for (auto& subscriber : subscribers_) {
        if (subscriber->stage == Stage::waiting) {
            admit(*subscriber, now, out);
        } else if (subscriber->stage == Stage::live) {
            subscriber->behind = true;
            subscriber->stage = Stage::replaying;
            advance(*subscriber, now, out);
        }
    }
    return {};
}

std::vector<ConnectionId> ChannelStream::refuse_waiting(Now now, Output& out) {
    std::vector<ConnectionId> refused;
    for (const auto& subscriber : subscribers_) {
        if (subscriber->stage != Stage::waiting) continue;
        refused.push_back(subscriber->peer->id);
        deliver(
            *subscriber,
            error_message(
                subscriber->peer->dialect,
                about(
                    {Code::unknown_contest, "contest_id", channel_.name, "a contest that exists"},
                    channel_.wire_name()
                ),
                now.wall
            ),
            out
        );
    }
    std::erase_if(subscribers_, [](const auto& one) { return one->stage == Stage::waiting; });
    return refused;
}

void ChannelStream::on_event(const RecentEvent& event, Now now, Output& out) {
    const auto before = event_seq_;
    if (event.seq <= before) return;
    touch();
    event_seq_ = event.seq;
    seq_ = std::max(seq_, event.seq);
    logged_at_ms_ = event.message->logged_at_ms;
    if (!loaded_) return;

    const bool has_gap = event.prev_seq > before;
    if (has_gap) ++out.counts.gaps;
    for (auto& subscriber : subscribers_) {
        if (subscriber->stage != Stage::live || subscriber->delivered >= event.seq) continue;
        if (has_gap) {
            subscriber->stage = Stage::replaying;
            advance(*subscriber, now, out);
        } else {
            deliver(*subscriber, event.message, out);
            subscriber->delivered = event.seq;
        }
    }
}

void ChannelStream::on_state(
    const feed::Record& record,
    std::int64_t logged_at_ms,
    Now now,
    Counts& counts
) {
    touch();
    if (ticket_ != 0) pending_.push_back({record, logged_at_ms});
    if (loaded_) take(record, logged_at_ms, now, counts);
}

void ChannelStream::take(
    const feed::Record& record,
    std::int64_t logged_at_ms,
    Now now,
    Counts& counts
) {
    if (record.head.seq < state_seq_) return;
    state_seq_ = record.head.seq;
    seq_ = std::max(seq_, state_seq_);
    logged_at_ms_ = logged_at_ms;
    apply(record.body, now, counts);
}

void ChannelStream::touch() {
    if (std::exchange(is_touched_, true)) return;
    board_.touched.push_back(this);
}

std::optional<Instant> ChannelStream::due() const {
    if (!loaded_) return {};
    const bool has_behind =
        std::any_of(subscribers_.begin(), subscribers_.end(), [this](const auto& one) {
            return one->stage == Stage::live && one->behind && may_see_state(*one);
        });
    if (has_behind && is_whole()) return Instant::min();
    return changes_due();
}

void ChannelStream::flush(Now now, Output& out) {
    if (!loaded_) return;
    if (const auto at = changes_due(); at && *at <= now.steady) send_changes(now, out);
    if (!is_whole()) return;
    for (auto& subscriber : subscribers_) {
        if (subscriber->stage != Stage::live || !subscriber->behind) continue;
        if (!may_see_state(*subscriber)) continue;
        subscriber->behind = false;
        if (subscriber->options.states) send_whole(*subscriber, now, out);
    }
}

std::vector<ConnectionId> ChannelStream::waiting_since(Instant limit) const {
    std::vector<ConnectionId> waiting;
    for (const auto& subscriber : subscribers_)
        if ((subscriber->stage == Stage::waiting || subscriber->reading) &&
            subscriber->waits_since <= limit)
            waiting.push_back(subscriber->peer->id);
    return waiting;
}

MessagePtr ChannelStream::event_message(
    const Channel& channel,
    const feed::Record& record,
    std::int64_t logged_at_ms
) {
    const Place place{channel, record.head.epoch, record.head.seq, record.head.prev_seq};
    if (const auto* trade = std::get_if<feed::Trade>(&record.body))
        return trade_executed(*trade, place, logged_at_ms);
    if (const auto* activity = std::get_if<feed::Activity>(&record.body))
        return participant_activity(*activity, place, logged_at_ms);
    return nullptr;
}

void ChannelStream::deliver(const Subscriber& to, MessagePtr message, Output& out) {
    out.deliveries.push_back({to.peer->id, std::move(message)});
}

Subscriber* ChannelStream::find(ConnectionId who) const {
    for (const auto& subscriber : subscribers_)
        if (subscriber->peer->id == who) return subscriber.get();
    return nullptr;
}

}  // namespace duel::wsserver
