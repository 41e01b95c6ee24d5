#include "wsserver/streams/monitor_board.hpp"

#include <algorithm>
#include <cmath>

namespace duel::wsserver {
namespace {

constexpr Duration kEvery = std::chrono::seconds{1};

std::optional<std::string_view> unless_empty(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

void write(JsonWriter& writer, const ConnectionRow& row) {
    writer.begin_object().field("id", hex_id(row.id)).field("endpoint", row.endpoint);
    writer.field("wallet", unless_empty(row.wallet)).field("ip", row.ip);
    writer.field("state", text(row.state));
    writer.field("connected_at", row.connected_at).field("idle_ms", row.idle.count());
    writer.field("messages_in", row.messages_in).field("messages_out", row.messages_out);
    writer.field("queue_bytes", row.queue_bytes).end_object();
}

void write(JsonWriter& writer, const LifecycleEvent& event) {
    writer.begin_object().field("event", event.what);
    if (event.id != 0) writer.field("id", hex_id(event.id));
    writer.field("endpoint", unless_empty(event.endpoint));
    writer.field("wallet", unless_empty(event.wallet)).field("ip", event.ip);
    writer.field("code", unless_empty(event.code));
    if (event.close_code != 0) writer.field("close_code", event.close_code);
    writer.field("reason", unless_empty(event.reason));
    if (event.lasted) writer.field("lasted_ms", event.lasted->count());
    writer.field("timestamp", event.at).end_object();
}

MessagePtr event_message(const LifecycleEvent& event) {
    auto message = std::make_shared<Message>();
    message->type = "MONITOR_EVENT";
    JsonWriter writer{message->text};
    writer.begin_object().field("type", message->type).key("data");
    write(writer, event);
    writer.end_object();
    return message;
}

std::uint64_t rate(std::uint64_t before, std::uint64_t after, double seconds) {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(after - before) / seconds));
}

}  // namespace

void MonitorBoard::open(Peer& peer, Now now) {
    if (followers_.empty()) sample_.reset();  // nobody asked for a while
    followers_[peer.id] = Follower{.peer = &peer, .next = next_event_};
    rows_are_due_ = true;
    next_survey_ = now.steady;
}

void MonitorBoard::choose(ConnectionId who, MonitorFilter filter, Now now) {
    const auto found = followers_.find(who);
    if (found == followers_.end()) return;
    found->second.filter = std::move(filter);
    found->second.wants_rows = true;
    rows_are_due_ = true;
    next_survey_ = now.steady;
}

void MonitorBoard::catch_up(ConnectionId who, Output& out) {
    if (const auto found = followers_.find(who); found != followers_.end())
        send_events(found->second, out);
}

void MonitorBoard::on_events(
    std::vector<LifecycleEvent>&& events,
    std::uint64_t lost,
    Output& out
) {
    lost_ += lost;
    for (auto& event : events) {
        events_.emplace_back(std::move(event), nullptr);
        ++next_event_;
        if (events_.size() > kMostEvents) events_.pop_front();
        // One by one: many at once push no event out before it was sent.
        for (auto& [who, follower] : followers_)
            send_events(follower, out);
    }
}

void MonitorBoard::send_events(Follower& follower, Output& out) {
    if (follower.peer->congested || follower.wants_rows) return;
    if (follower.next < first_event()) {
        follower.lost += first_event() - follower.next;
        follower.next = first_event();
    }
    for (; follower.next < next_event_; ++follower.next) {
        auto& [event, message] = events_[static_cast<std::size_t>(follower.next - first_event())];
        if (!follower.filter.lets(event)) continue;
        if (!message) message = event_message(event);
        out.deliveries.push_back({follower.peer->id, message});
    }
}

void MonitorBoard::flush(Now now, Output& out) {
    if (followers_.empty() || now.steady < next_survey_) return;
    next_survey_ = now.steady + kEvery;
    out.survey = std::exchange(rows_are_due_, false) ? SurveyOf::rows : SurveyOf::sums;
}

std::optional<Instant> MonitorBoard::due() const {
    if (followers_.empty()) return {};
    return next_survey_;
}

void MonitorBoard::on_survey(const Survey& survey, Now now, Output& out) {
    std::size_t all = 0;
    for (const auto& [endpoint, count] : survey.by_endpoint)
        all += count;
    const bool has_rows = survey.rows.size() == all;
    for (auto& [who, follower] : followers_) {
        if (!follower.wants_rows || !has_rows) continue;
        follower.wants_rows = false;
        follower.next = next_event_;  // the snapshot has those before
        out.deliveries.push_back({who, snapshot(follower, survey, now)});
    }
    send_stats(survey, now, out);
}

MessagePtr MonitorBoard::snapshot(const Follower& follower, const Survey& survey, Now now) const {
    auto message = std::make_shared<Message>();
    message->type = "MONITOR_SNAPSHOT";
    JsonWriter writer{message->text};
    writer.begin_object().field("type", message->type).key("data").begin_object();
    std::size_t matching = 0;
    writer.key("connections").begin_array();
    for (const auto& row : survey.rows)
        if (follower.filter.lets(row) && ++matching <= follower.filter.limit) write(writer, row);
    writer.end_array().field("matching", matching).field("total", survey.rows.size());
    writer.key("events").begin_array();
    for (std::uint64_t i = first_event(); i < follower.next; ++i)
        if (const auto& event = events_[static_cast<std::size_t>(i - first_event())].first;
            follower.filter.lets(event))
            write(writer, event);
    writer.end_array().end_object().field("timestamp", now.wall).end_object();
    return message;
}

// Rates of the time since the sample before: none with the first.
void MonitorBoard::send_stats(const Survey& survey, Now now, Output& out) {
    const auto before = sample_;
    if (before && now.steady - before->at < kEvery / 2) return;
    sample_ = Sample{now.steady, survey.traffic, conflated_};
    if (!before) return;
    const auto seconds = std::chrono::duration<double>{now.steady - before->at}.count();
    for (auto& [who, follower] : followers_) {
        if (follower.wants_rows) continue;
        if (follower.peer->congested) {
            ++out.counts.withheld;
            continue;
        }
        auto message = std::make_shared<Message>();
        message->type = "MONITOR_STATS";
        JsonWriter writer{message->text};
        writer.begin_object().field("type", message->type).key("data").begin_object();
        writer.key("connections").begin_object();
        for (const auto& [endpoint, count] : survey.by_endpoint)
            writer.field(endpoint, count);
        writer.end_object();
        const auto& old = before->traffic;
        const auto& traffic = survey.traffic;
        const auto per_second = [&](std::string_view name, std::uint64_t a, std::uint64_t b) {
            writer.field(name, rate(a, b, seconds));
        };
        per_second("messages_in_per_second", old.messages_in, traffic.messages_in);
        per_second("messages_out_per_second", old.messages_out, traffic.messages_out);
        per_second("bytes_in_per_second", old.bytes_in, traffic.bytes_in);
        per_second("bytes_out_per_second", old.bytes_out, traffic.bytes_out);
        per_second("conflated_per_second", before->conflated, conflated_);
        writer.field("queue_bytes", survey.queue_bytes);
        writer.key("errors").begin_object();
        for (const auto& [code, count] : traffic.errors) {
            const auto found = old.errors.find(code);
            const auto more = count - (found == old.errors.end() ? 0 : found->second);
            if (more > 0) writer.field(text(code), more);
        }
        writer.end_object().field("events_lost", follower.lost + lost_);
        writer.end_object().field("timestamp", now.wall).end_object();
        out.deliveries.push_back({who, message});
    }
}

}  // namespace duel::wsserver
