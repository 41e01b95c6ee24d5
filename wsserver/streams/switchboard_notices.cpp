#include "wsserver/streams/switchboard.hpp"

// What is followed beside channels.
namespace duel::wsserver {

void Switchboard::open_notice(Connection& connection, Notice notice, Now now) {
    switch (notice) {
        case Notice::service:
            return service_.open(connection.peer, now, out_);
        case Notice::exchanges:
            return exchanges_.open(connection.peer, now, out_);
        case Notice::tokens:
            tokens_.open(connection.peer);
            return ask_tokens(now);
    }
}

void Switchboard::close_notices(ConnectionId who) {
    service_.close(who);
    exchanges_.close(who);
    tokens_.close(who);
}

void Switchboard::ask_tokens(Now now) {
    if (!tokens_.wants_rows(now)) return;
    tokens_.asked(now);
    out_.asks.push_back({.what = Ask::What::tokens});
}

void Switchboard::on_tokens(const std::vector<TokenRow>& rows, Now now) {
    tokens_.load(rows, now, out_);
}

void Switchboard::on_status(const SourceStatus& status, Now now) {
    exchanges_.on_status(status, now, out_);
}

void Switchboard::on_announcement(const Announcement& announcement, Now now) {
    service_.on_announcement(announcement, now, out_);
}

void Switchboard::on_ability(bool is_able, Now now) {
    service_.on_ability(is_able, now, out_);
}

}  // namespace duel::wsserver
