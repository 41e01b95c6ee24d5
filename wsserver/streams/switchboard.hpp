#pragma once

// Everything that is followed on this server: which connection follows which channels, and the one
// way in for the feed, for answers from Postgres and for time.
//
// The order that keeps snapshots and live messages together: a channel exists here before its
// snapshot is asked for, so no record of the feed after it can be missed; records up to the
// snapshot's seq are dropped. What has to be done comes out of take_output(), as plain data. Pure;
// one thread.

#include "wsserver/streams/contest_stream.hpp"
#include "wsserver/streams/demand.hpp"
#include "wsserver/streams/exchange_board.hpp"
#include "wsserver/streams/market_stream.hpp"
#include "wsserver/streams/monitor_board.hpp"
#include "wsserver/streams/portfolio_stream.hpp"
#include "wsserver/streams/service_board.hpp"
#include "wsserver/streams/token_board.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace duel::wsserver {

// What became of a record of the feed.
enum class Use {
    skipped,   // of no use to anybody here
    kept,      // an event, for whoever comes back later
    followed,  // decoded, for those who follow its channel
};

class Switchboard {
public:
    explicit Switchboard(const StreamSettings& settings) : board_(settings) {}
    ~Switchboard();
    Switchboard(const Switchboard&) = delete;
    Switchboard& operator=(const Switchboard&) = delete;

    // Connections.
    void open(ConnectionId who, const Opening& opening, Now now);
    // Channels more and less, while it is open.
    void change(ConnectionId who, const Change& change, Now now);
    void close(ConnectionId who);
    void congested(ConnectionId who);
    void drained(ConnectionId who, Now now);
    void written(ConnectionId who, Now now);

    // A record of the feed, as it is. Most are of channels that nobody follows: those are looked at
    // from outside only, and their events are kept as they came. Refuses what cannot be read.
    Result<Use> on_record(std::string_view record, std::int64_t logged_at_ms, Now now);
    // The feed lost its place: everything is read again, nobody loses an event message.
    void reload();

    // How things around the ledger stand: records of the topic `status`, which has one partition,
    // with their offsets. Its order counts; what was read before is dropped. `heard`: when a source
    // said so, on the clock of this machine.
    void on_status(const SourceStatus& status, std::int64_t offset, Instant heard, Now now);
    void on_announcement(const Announcement& announcement, std::int64_t offset, Now now);
    // The topic is read from its beginning, and has no record from `end` on yet. Where more than
    // that was read before, it is another topic.
    void on_status_begun(std::int64_t end);
    // Whether this server can do its job.
    void on_ability(bool is_able, Now now);

    // What happened to connections; `lost` more did. Then how they stand.
    void on_lifecycle(std::vector<LifecycleEvent>&& events, std::uint64_t lost);
    void on_survey(const Survey& survey, Now now);

    // Answers.
    void
    on_snapshot(const Channel& channel, std::uint64_t ticket, const Snapshot& snapshot, Now now);
    void on_events(const Channel& channel, ConnectionId who, const EventsPage& page, Now now);
    void
    on_portfolios(const std::string& wallet, const std::vector<std::string>& contest_ids, Now now);
    void on_baseline(const Channel& portfolio, const std::optional<Baseline>& baseline, Now now);
    void on_tokens(const std::vector<TokenRow>& rows, Now now);
    void on_epoch(const std::string& epoch, Now now);

    // Sends what is due. Call it after every round of input and when due() has come.
    void settle(Now now);
    Instant due() const;

    Output take_output();

    const std::string& epoch() const { return board_.epoch; }
    std::size_t channels() const { return streams_.size(); }
    const RecentEvents& recent() const { return board_.recent; }

private:
    // Why a connection follows a channel.
    enum class Reason {
        wish,    // the client named it
        trades,  // it is a portfolio of the wallet whose trades it follows
    };
    struct Connection {
        Peer peer;
        Since since;
        std::string viewer;
        std::string trades_of;                   // wallet, or empty
        std::map<std::string, Reason> channels;  // by key
        std::size_t wishes = 0;                  // of them
    };
    struct Entry {
        std::unique_ptr<ChannelStream> stream;
        PortfolioStream* portfolio = nullptr;  // the same, where it is one
        MarketStream* market = nullptr;
        std::optional<Instant> scheduled;
        std::optional<Instant> idle_since;
    };

    // Finds by views too.
    struct TextHash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    template <class Value>
    using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

    bool is_followed(const feed::Outline& outline) const;
    bool is_current(std::string_view epoch, Now now);
    bool is_read_again(std::int64_t status_offset);
    void take(const feed::Record& record, std::int64_t logged_at_ms, Now now);
    Entry& entry(const Channel& channel);
    void take_up(Connection& connection, const Opening& opening, Now now);
    void wish(Connection& connection, const Wish& wish, Now now);
    void drop(Connection& connection, const Channel& channel);
    void drop_trades(Connection& connection);
    void leave(Connection& connection, const std::string& key);
    void follow(
        Connection& connection,
        const Wish& wish,
        Reason reason,
        std::optional<std::uint64_t> from,
        Now now
    );
    void follow_trades(const Channel& portfolio, std::optional<std::uint64_t> from, Now now);
    void refuse_foreign_cursors(const Opening& opening, Since& since) const;
    void open_notice(Connection& connection, Notice notice, Now now);
    void close_notices(ConnectionId who);
    void heed_monitor(ConnectionId who, const MonitorDemand& demand, Now now);
    void ask_tokens(Now now);
    void reload_portfolios_of(const std::string& contest_id);
    void renumber(const std::string& epoch, Now now);
    void connect_markets(PortfolioStream& portfolio, Now now);
    void reschedule(Now now);
    void sweep(Now now);

    Board board_;
    Output out_;
    std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
    ServiceBoard service_;
    ExchangeBoard exchanges_;
    TokenBoard tokens_;
    MonitorBoard monitor_;
    std::int64_t next_status_ = 0;                    // offset after the newest that was read
    ByText<Entry> streams_;                           // by channel key
    ByText<std::set<ConnectionId>> trade_followers_;  // by wallet
    std::set<std::pair<Instant, ChannelStream*>> schedule_;
    Instant next_sweep_{};
    Instant next_epoch_ask_{};
};

}  // namespace duel::wsserver
