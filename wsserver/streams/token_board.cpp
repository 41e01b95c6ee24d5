#include "wsserver/streams/token_board.hpp"

#include "wsserver/streams/token_messages.hpp"

namespace duel::wsserver {

void TokenBoard::open(Peer& peer) {
    followers_.insert_or_assign(peer.id, Follower{&peer});
}

// What nobody follows is not kept up to date.
void TokenBoard::close(ConnectionId who) {
    if (followers_.erase(who) == 0 || !followers_.empty()) return;
    *this = TokenBoard{};
}

void TokenBoard::heed(ConnectionId who, const TokenDemand& demand, Now now, Output& out) {
    const auto found = followers_.find(who);
    if (found == followers_.end()) return;
    auto& follower = found->second;
    switch (demand.what) {
        case TokenDemand::What::all:
            follower.wants_list = true;
            return send_list(follower, now, out);
        case TokenDemand::What::subscribe:
            return subscribe(follower, demand, now, out);
        case TokenDemand::What::unsubscribe:
            return unsubscribe(follower, demand, now, out);
    }
}

void TokenBoard::subscribe(Follower& follower, const TokenDemand& demand, Now now, Output& out) {
    std::vector<std::string> fresh;
    for (const auto& symbol : demand.symbols)
        if (!follower.symbols.contains(symbol)) fresh.push_back(symbol);
    if (follower.symbols.size() + fresh.size() > kMostNames) {
        const Error error{
            Code::too_many_subscriptions,
            "symbols",
            std::to_string(follower.symbols.size() + fresh.size()),
            "at most " + std::to_string(kMostNames)};
        out.deliveries.push_back(
            {follower.peer->id, error_message(follower.peer->dialect, about(error), now.wall)}
        );
        return;
    }
    follower.follows_all = false;
    follower.symbols.insert(fresh.begin(), fresh.end());
    out.deliveries.push_back({follower.peer->id, tokens_named("tokens_subscribed", fresh, now.wall)}
    );
    send_known(follower, fresh, now, out);
}

// Whoever follows all of them goes on to.
void TokenBoard::unsubscribe(Follower& follower, const TokenDemand& demand, Now now, Output& out) {
    std::vector<std::string> gone;
    for (const auto& symbol : demand.symbols)
        if (follower.symbols.erase(symbol) > 0) gone.push_back(symbol);
    out.deliveries.push_back(
        {follower.peer->id, tokens_named("tokens_unsubscribed", gone, now.wall)}
    );
}

void TokenBoard::send_known(
    const Follower& to,
    const std::vector<std::string>& symbols,
    Now now,
    Output& out
) {
    for (const auto& symbol : symbols) {
        const auto token = tokens_.find(symbol);
        if (token == tokens_.end()) continue;
        out.deliveries.push_back({to.peer->id, token_metadata(token->second, now.wall)});
        out.deliveries.push_back({to.peer->id, token_data(token->second, 0, now.wall)});
    }
}

void TokenBoard::send_list(Follower& to, Now now, Output& out) {
    to.waits = !is_loaded_;
    if (is_loaded_) out.deliveries.push_back({to.peer->id, token_update(now)});
}

void TokenBoard::catch_up(ConnectionId who, Now now, Output& out) {
    const auto found = followers_.find(who);
    if (found == followers_.end()) return;
    auto& follower = found->second;
    for (const auto& symbol : std::exchange(follower.missed, {}))
        if (const auto token = tokens_.find(symbol);
            token != tokens_.end() && follower.follows(symbol))
            out.deliveries.push_back({who, token_data(token->second, 0, now.wall)});
}

MessagePtr TokenBoard::token_update(Now now) {
    if (list_) return list_;
    auto message = std::make_shared<Message>();
    message->type = "token_update";
    JsonWriter writer{message->text};
    writer.begin_object().field("type", "token_update").key("data").begin_array();
    for (const auto& [symbol, token] : tokens_)
        write_token(writer, token);
    writer.end_array().field("timestamp", now.wall).end_object();
    list_ = std::move(message);
    return list_;
}

bool TokenBoard::wants_rows(Now now) const {
    if (followers_.empty()) return false;
    if (!asked_at_) return true;
    return now.steady - *asked_at_ >= (is_stale_ ? kReadSoonest : kReadEvery);
}

void TokenBoard::asked(Now now) {
    is_stale_ = false;
    asked_at_ = now.steady;
}

void TokenBoard::load(const std::vector<TokenRow>& rows, Now now, Output& out) {
    if (followers_.empty()) return;
    const bool is_first = !std::exchange(is_loaded_, true);
    bool has_changed = tokens_.size() != rows.size();  // the list
    std::vector<std::string> fresh;
    const auto before = std::exchange(tokens_, {});
    list_.reset();
    for (const auto& row : rows) {
        auto& token = tokens_[row.symbol] = row;
        const auto old = before.find(row.symbol);
        if (old == before.end()) {
            has_changed = true;
            fresh.push_back(row.symbol);
            continue;
        }
        // The feed may be ahead of what was read.
        if (old->second.at > token.at) token.take_price(old->second);
        if (!token.has_same_metadata(old->second))
            for (const auto& [who, follower] : followers_)
                if (follower.follows(row.symbol))
                    out.deliveries.push_back({who, token_metadata(token, now.wall)});
        if (token != old->second) changed(row.symbol, now, out);
    }
    for (auto& [who, follower] : followers_) {
        // What nobody knew before: to those who asked for it, and where there is no list to tell.
        if (!follower.follows_all || (!is_first && !follower.wants_list))
            for (const auto& symbol : fresh)
                if (follower.follows(symbol)) send_known(follower, {symbol}, now, out);
        if (follower.waits || (has_changed && follower.wants_list && !is_first))
            send_list(follower, now, out);
    }
}

void TokenBoard::on_price(
    const feed::Price& price,
    std::int64_t logged_at_ms,
    Now now,
    Output& out
) {
    if (!is_loaded_) return;
    const auto found = tokens_.find(price.symbol);
    if (found == tokens_.end()) {
        is_stale_ = true;
        return;
    }
    auto& token = found->second;
    if (price.at < token.at) return;  // read again
    token.price = price.price;
    token.change_24h = price.change_24h;
    token.volume_24h = price.volume_24h;
    token.at = price.at;
    logged_at_ms_ = logged_at_ms;
    changed(price.symbol, now, out);
}

void TokenBoard::changed(const std::string& symbol, Now now, Output& out) {
    list_.reset();
    if (!changed_.insert(symbol).second) ++out.counts.conflated;
    pace_.change(now.steady);
}

void TokenBoard::flush(Now now, Output& out) {
    if (!pace_.may_go(now.steady)) return;
    pace_.sent(now.steady);
    for (const auto& symbol : std::exchange(changed_, {})) {
        const auto token = tokens_.find(symbol);
        if (token == tokens_.end()) continue;
        MessagePtr message;
        for (auto& [who, follower] : followers_) {
            if (!follower.follows(symbol)) continue;
            if (follower.peer->congested) {
                follower.missed.insert(symbol);
                ++out.counts.withheld;
                continue;
            }
            if (!message) message = token_data(token->second, logged_at_ms_, now.wall);
            out.deliveries.push_back({who, message});
        }
    }
}

}  // namespace duel::wsserver
