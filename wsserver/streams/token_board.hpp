#pragma once

// All tokens, with what they cost and how that changed, for clients of v69.
//
// A client follows all of them until it subscribes to some. token_data comes at most every 250 ms
// for each; token_update (the whole list) where it is asked for, and again when the list changes.
// Prices come from the feed; the rest is read from Postgres every few seconds while anybody
// follows. Pure; one thread.

#include "wsserver/streams/channel_stream.hpp"
#include "wsserver/streams/demand.hpp"
#include "wsserver/streams/pace.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace duel::wsserver {

class TokenBoard {
public:
    static constexpr Duration kInterval = std::chrono::milliseconds{250};
    static constexpr Duration kReadEvery = std::chrono::seconds{10};
    static constexpr Duration kReadSoonest = std::chrono::seconds{1};

    void open(Peer& peer);
    void close(ConnectionId who);
    void catch_up(ConnectionId who, Now now, Output& out);
    void heed(ConnectionId who, const TokenDemand& demand, Now now, Output& out);
    bool is_followed() const { return !followers_.empty(); }

    // Whether it is time to ask Postgres, and the answer.
    bool wants_rows(Now now) const;
    void asked(Now now);
    void load(const std::vector<TokenRow>& rows, Now now, Output& out);

    void on_price(const feed::Price& price, std::int64_t logged_at_ms, Now now, Output& out);

    std::optional<Instant> due() const { return pace_.due(); }
    void flush(Now now, Output& out);

private:
    struct Follower {
        Peer* peer;
        bool follows_all = true;
        bool wants_list = false;  // asked for it once: gets it again when it changes
        bool waits = false;       // for the first rows
        std::set<std::string> symbols{};
        std::set<std::string> missed{};  // whose token_data it read too slowly for

        bool follows(const std::string& symbol) const {
            return follows_all || symbols.contains(symbol);
        }
    };

    void subscribe(Follower& follower, const TokenDemand& demand, Now now, Output& out);
    void unsubscribe(Follower& follower, const TokenDemand& demand, Now now, Output& out);
    void send_known(const Follower& to, const std::vector<std::string>& symbols, Now, Output& out);
    void send_list(Follower& to, Now now, Output& out);
    MessagePtr token_update(Now now);
    void changed(const std::string& symbol, Now now, Output& out);

    std::map<std::string, TokenRow> tokens_;  // by symbol
    std::map<ConnectionId, Follower> followers_;
    bool is_loaded_ = false;
    bool is_stale_ = false;  // a symbol came that the list does not have
    std::optional<Instant> asked_at_;
    MessagePtr list_;  // token_update as things stand; null where it has to be made
    std::set<std::string> changed_;
    std::int64_t logged_at_ms_ = 0;
    Pace pace_{kInterval};
};

}  // namespace duel::wsserver
