#include "wsserver/streams/switchboard.hpp"

// What is followed beside channels.
namespace duel::wsserver {

void Switchboard::open_notice(Connection& connection, Notice notice, Now now) {
    switch (notice) {
        case Notice::service:
            return service_.open(connection.peer, Welcome::always, now, out_);
        case Notice::exchanges:
            return exchanges_.open(connection.peer, now, out_);
        case Notice::tokens:
            tokens_.open(connection.peer);
            return ask_tokens(now);
        case Notice::monitor:
            return monitor_.open(connection.peer, now);
    }
}

void Switchboard::close_notices(ConnectionId who) {
    service_.close(who);
    exchanges_.close(who);
    tokens_.close(who);
    monitor_.close(who);
}

void Switchboard::ask_tokens(Now now) {
    if (!tokens_.wants_rows(now)) return;
    tokens_.asked(now);
    out_.asks.push_back({.what = Ask::What::tokens});
}

void Switchboard::on_tokens(const std::vector<TokenRow>& rows, Now now) {
    tokens_.load(rows, now, out_);
}

void Switchboard::on_status_begun(std::int64_t end) {
    if (end < next_status_) next_status_ = 0;
}

// As after the reader has lost its place.
bool Switchboard::is_read_again(std::int64_t status_offset) {
    if (status_offset < next_status_) return true;
    next_status_ = status_offset + 1;
    return false;
}

void Switchboard::on_status(
    const SourceStatus& status,
    std::int64_t offset,
    Instant heard,
    Now now
) {
    if (is_read_again(offset)) return;
    exchanges_.on_status(status, heard, now, out_);
}

void Switchboard::on_announcement(const Announcement& announcement, std::int64_t offset, Now now) {
    if (is_read_again(offset)) return;
    service_.on_announcement(announcement, now, out_);
}

void Switchboard::on_ability(bool is_able, Now now) {
    service_.on_ability(is_able, now, out_);
}

void Switchboard::on_lifecycle(std::vector<LifecycleEvent>&& events, std::uint64_t lost) {
    monitor_.on_events(std::move(events), lost, out_);
}

void Switchboard::on_survey(const Survey& survey, Now now) {
    monitor_.on_survey(survey, now, out_);
}

void Switchboard::heed_monitor(ConnectionId who, const MonitorDemand& demand, Now now) {
    if (demand.filter) monitor_.choose(who, *demand.filter, now);
    if (!demand.close) return;
    if (!connections_.contains(*demand.close)) {
        const Error error{
            Code::invalid_field, "id", hex_id(*demand.close), "the id of an open connection"};
        out_.deliveries.push_back({who, error_message(Dialect::v2, about(error), now.wall)});
        return;
    }
    auto message = std::make_shared<Message>();
    message->type = "CONNECTION_CLOSING";
    JsonWriter writer{message->text};
    writer.begin_object().field("type", message->type).key("data").begin_object();
    writer.field("id", hex_id(*demand.close)).end_object().end_object();
    out_.deliveries.push_back({who, std::move(message)});
    out_.closings.push_back({*demand.close, 1008, "closed by an operator"});
}

}  // namespace duel::wsserver
