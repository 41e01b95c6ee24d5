#include "wsserver/streams/channel_stream.hpp"

#include <algorithm>

// How a subscriber comes from where it stands to live: taken up, brought what it missed, page by
// page.
namespace duel::wsserver {

using Stage = Subscriber::Stage;

// Decides how the subscriber goes on from where it says it stands.
void ChannelStream::admit(Subscriber& subscriber, Now now, Output& out) {
    const auto& cursor = subscriber.since.cursor;
    if (subscriber.since.invalid) return begin(subscriber, Recovery::invalid_cursor, now, out);
    if (subscriber.renumbered) return begin(subscriber, Recovery::epoch_changed, now, out);
    if (!cursor) return begin(subscriber, Recovery::none, now, out);
    if (cursor->epoch != board_.epoch) return begin(subscriber, Recovery::epoch_changed, now, out);
    if (cursor->seq > seq_) {
        if (answered_ > subscriber.questions_before)
            return begin(subscriber, Recovery::ahead_of_server, now, out);
        return ask_snapshot(out);
    }
    if (!board_.recent.covers(key_, cursor->seq, event_seq_)) {
        subscriber.stage = Stage::counting;
        subscriber.delivered = cursor->seq;
        return ask_events(subscriber, true, now, out);
    }
    const bool is_too_much =
        event_seq_ > cursor->seq &&
        board_.recent.count_after(key_, cursor->seq) > board_.settings.most_missed;
    begin(subscriber, is_too_much ? Recovery::too_old : Recovery::replayed, now, out);
}

void ChannelStream::begin(Subscriber& subscriber, Recovery recovery, Now now, Output& out) {
    const bool replays = recovery == Recovery::replayed;
    subscriber.delivered = replays                      ? subscriber.since.cursor->seq
                           : recovery == Recovery::none ? subscriber.from.value_or(state_seq_)
                                                        : state_seq_;
    ++out.counts.recoveries[static_cast<std::size_t>(recovery)];

    auto from = place();
    from.seq = subscriber.delivered;
    Envelope envelope{"SUBSCRIBED", from};
    if (replays || recovery == Recovery::none)
        envelope.beside().field("recovery", text(recovery));
    else
        envelope.beside().field("recovery", "snapshot").field("reason", text(recovery));
    deliver(subscriber, envelope.finish(0), out);

    subscriber.stage = Stage::replaying;
    subscriber.behind = true;
    subscriber.renumbered = false;
    subscriber.since = {};
    subscriber.from.reset();
    subscriber.announced.clear();
    advance(subscriber, now, out);
}

void ChannelStream::advance(Subscriber& subscriber, Now now, Output& out) {
    if (subscriber.reading || subscriber.writing) return;
    while (subscriber.delivered < event_seq_) {
        if (!board_.recent.covers(key_, subscriber.delivered, event_seq_))
            return ask_events(subscriber, false, now, out);
        send_page(subscriber, recall(subscriber.delivered), out);
        if (subscriber.writing) return;
    }
    subscriber.stage = Stage::live;
    if (!subscriber.options.states || !may_see_state(subscriber) || !is_whole()) return;
    subscriber.behind = false;
    send_whole(subscriber, now, out);
}

// A page of what memory holds; nothing where it cannot be read, which Postgres makes good.
std::vector<RecentEvent> ChannelStream::recall(std::uint64_t after) {
    const auto compose = [this](const RecentEvent& event) {
        const auto record = board_.decoder.decode(event.record);
        return record ? event_message(channel_, *record, event.logged_at_ms) : nullptr;
    };
    return board_.recent.after(key_, after, board_.settings.page, compose);
}

// A page that leaves more to do is reported once it is written, so that a long replay never fills a
// connection's queue.
void ChannelStream::send_page(Subscriber& to, const std::vector<RecentEvent>& events, Output& out)
    const {
    for (const auto& event : events) {
        if (event.seq <= to.delivered) continue;
        deliver(to, event.message, out);
        to.delivered = event.seq;
        to.writing = true;
    }
    if (to.delivered >= event_seq_) to.writing = false;
    if (to.writing) out.deliveries.back().report = true;
}

void ChannelStream::ask_events(Subscriber& subscriber, bool count, Now now, Output& out) {
    subscriber.reading = true;
    subscriber.waits_since = now.steady;
    out.asks.push_back(
        {.what = Ask::What::events,
         .channel = channel_,
         .who = subscriber.peer->id,
         .after = subscriber.delivered,
         .most = board_.settings.page,
         .count = count}
    );
}

void ChannelStream::on_events(ConnectionId who, const EventsPage& page, Now now, Output& out) {
    auto* subscriber = find(who);
    // A page that does not begin where the subscriber stands is of an earlier question.
    if (subscriber == nullptr || !subscriber->reading) return;
    if (page.after != subscriber->delivered) return;
    subscriber->reading = false;
    touch();
    if (subscriber->stage == Stage::counting) {
        if (page.missed > board_.settings.most_missed)
            return begin(*subscriber, Recovery::too_old, now, out);
        subscriber->reading = true;  // so that begin() only says SUBSCRIBED
        begin(*subscriber, Recovery::replayed, now, out);
        subscriber->reading = false;
    }
    std::vector<RecentEvent> events;
    events.reserve(page.events.size());
    for (const auto& record : page.events)
        events.push_back(
            {.seq = record.head.seq,
             .prev_seq = record.head.prev_seq.value_or(0),
             .message = event_message(channel_, record, 0)}
        );
    send_page(*subscriber, events, out);
    if (!events.empty()) subscriber->shown = std::max(subscriber->shown, events.back().seq);
    if (page.is_last) subscriber->delivered = std::max(subscriber->delivered, page.seq);
    advance(*subscriber, now, out);
}

void ChannelStream::on_written(ConnectionId who, Now now, Output& out) {
    auto* subscriber = find(who);
    if (subscriber == nullptr || !subscriber->writing) return;
    subscriber->writing = false;
    touch();
    if (subscriber->stage == Stage::replaying) advance(*subscriber, now, out);
}

void ChannelStream::renumber(Now now, Output& out) {
    loaded_ = false;
    pending_.clear();
    seq_ = state_seq_ = event_seq_ = 0;
    for (auto& subscriber : subscribers_) {
        if (subscriber->stage != Stage::waiting) subscriber->renumbered = true;
        subscriber->stage = Stage::waiting;
        subscriber->delivered = subscriber->shown = 0;
        subscriber->reading = subscriber->writing = false;
        subscriber->waits_since = now.steady;
    }
    ask_again(out);
}

}  // namespace duel::wsserver
