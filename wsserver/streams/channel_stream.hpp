#pragma once

// One channel that somebody follows: who follows it, where each stands, and how everybody gets
// every event message once and the newest state.
//
// A subscriber waits for the snapshot, is taken up (SUBSCRIBED says how), gets the event messages
// between its place and the newest one page by page, then the state, and is live from then on. The
// same way is gone again where the feed turns out to have a gap. Kinds of channels add their state.
// Pure; one thread.

#include "wsserver/streams/output.hpp"
#include "wsserver/streams/recent_events.hpp"
#include "wsserver/streams/snapshot.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace duel::wsserver {

struct StreamSettings {
    std::uint64_t most_missed = 100'000;   // event messages that a resume may bring; else `too_old`
    std::size_t most_subscriptions = 100;  // channels that one connection asks for
    std::size_t page = 500;  // of them in one go, before the client has to have read them
    Duration patience = std::chrono::seconds{10};  // how long a subscriber waits for Postgres
    Duration linger = std::chrono::seconds{30};    // how long a channel that nobody follows is kept
    RecentEvents::Bounds recent{};
};

class ChannelStream;

// What all streams share.
struct Board {
    explicit Board(const StreamSettings& chosen) : settings(chosen), recent(chosen.recent) {}

    StreamSettings settings;
    std::string epoch;  // of the active model
    RecentEvents recent;
    feed::Decoder decoder;
    std::uint64_t tickets = 0;            // given to questions so far
    std::size_t connections = 0;          // that are open
    std::vector<ChannelStream*> touched;  // whose due() may have changed
};

// A connection, as the streams see it.
struct Peer {
    ConnectionId id = 0;
    Dialect dialect = Dialect::v2;
    bool congested = false;  // reads too slowly: gets event messages only
};

struct Subscriber {
    enum class Stage {
        waiting,    // for the snapshot
        counting,   // for Postgres to say how much was missed
        replaying,  // gets what was missed
        live,
    };

    Peer* peer;
    Options options;
    Since::Answer since;
    // Where a fresh subscription begins, for one that was made because something happened: that
    // must be sent too. Nothing: at the snapshot.
    std::optional<std::uint64_t> from{};
    Instant waits_since;
    // Questions to Postgres that were asked before it came: an answer may be older than its cursor.
    std::uint64_t questions_before = 0;

    Stage stage = Stage::waiting;
    std::uint64_t delivered = 0;        // every event message up to this seq was sent
    std::uint64_t shown = 0;            // newest event message that Postgres had for it
    bool reading = false;               // a page was asked for
    bool writing = false;               // a page was sent and not yet reported as written
    bool behind = false;                // needs the whole state next
    bool renumbered = false;            // its place is of an epoch that is gone
    std::set<std::string> announced{};  // symbols whose channel it was told of, beside this one
};

class ChannelStream {
public:
    ChannelStream(Channel channel, Board& board);
    virtual ~ChannelStream() = default;
    ChannelStream(const ChannelStream&) = delete;
    ChannelStream& operator=(const ChannelStream&) = delete;

    const Channel& channel() const { return channel_; }
    const std::string& key() const { return key_; }
    bool loaded() const { return loaded_; }
    const std::vector<std::unique_ptr<Subscriber>>& subscribers() const { return subscribers_; }

    // By somebody who does not follow it.
    void subscribe(Subscriber subscriber, Now now, Output& out);
    // By somebody who does, and goes on from where it stands, in the way that is asked now, unless
    // it brings a cursor.
    void subscribe_again(Subscriber subscriber, Now now, Output& out);
    void unsubscribe(ConnectionId who);
    // Event messages only from now on.
    void mute(ConnectionId who);
    // UNSUBSCRIBED, with the place up to which it was served.
    MessagePtr unsubscribed(ConnectionId who) const;

    // Asks for a snapshot, unless one is on its way: without subscribers it makes the stream a
    // source for others, later it reads everything again.
    void ask_snapshot(Output& out);
    // The same where one that is on its way may be too old.
    void ask_again(Output& out);

    // Answers from Postgres, and the news that a page has left.
    // load() gives back who waited for something that does not exist: they were told, and are gone.
    std::vector<ConnectionId>
    load(std::uint64_t ticket, const Snapshot& snapshot, Now now, Output& out);
    void on_events(ConnectionId who, const EventsPage& page, Now now, Output& out);
    void on_written(ConnectionId who, Now now, Output& out);

    // A record of the feed about this channel, in their order. Events come with their message.
    void on_event(const RecentEvent& event, Now now, Output& out);
    void on_state(const feed::Record& record, std::int64_t logged_at_ms, Now now, Counts& counts);

    // Another numbering: everything is read again, and everybody is told.
    void renumber(Now now, Output& out);

    // When flush() has something to do.
    std::optional<Instant> due() const;
    void flush(Now now, Output& out);

    // Puts the stream on Board::touched, once until settled() is called.
    void touch();
    void settled() { is_touched_ = false; }

    // Who has waited for Postgres since before `limit`.
    std::vector<ConnectionId> waiting_since(Instant limit) const;

    // The event message of a record of this channel's kind, or nothing for a state.
    static MessagePtr
    event_message(const Channel& channel, const feed::Record& record, std::int64_t logged_at_ms);

protected:
    // What kinds of channels add. `content` is never empty where the rows were found.
    virtual void replace(const Snapshot& snapshot, Now now) = 0;
    virtual void apply(const feed::Body& state, Now now, Counts& counts) = 0;
    // Sends the changes that are due, to those whom for_current() gives.
    virtual void send_changes(Now now, Output& out) = 0;
    // Sends everything to one.
    virtual void send_whole(Subscriber& to, Now now, Output& out) = 0;
    virtual std::optional<Instant> changes_due() const = 0;
    // False while the state lags behind event messages that were sent.
    virtual bool is_whole() const { return true; }

    std::size_t connections() const { return board_.connections; }
    Place place() const { return {channel_, board_.epoch, seq_}; }
    // Newest seq of a state, and of an event message.
    std::uint64_t state_seq() const { return state_seq_; }
    std::uint64_t event_seq() const { return event_seq_; }
    std::int64_t logged_at_ms() const { return logged_at_ms_; }

    static void deliver(const Subscriber& to, MessagePtr message, Output& out);

    // Calls `send` for every live subscriber to states that has all earlier ones; those that read
    // too slowly are left behind instead.
    template <class Send>
    void for_current(Output& out, const Send& send) {
        for (auto& subscriber : subscribers_) {
            if (!is_current(*subscriber)) continue;
            if (subscriber->peer->congested) {
                subscriber->behind = true;
                ++out.counts.withheld;
            } else {
                send(*subscriber);
            }
        }
    }

private:
    static bool is_current(const Subscriber& subscriber) {
        return subscriber.stage == Subscriber::Stage::live && subscriber.options.states &&
               !subscriber.behind;
    }
    // Postgres may be ahead of the feed: a state must not be older than the events before it.
    bool may_see_state(const Subscriber& subscriber) const {
        return subscriber.shown <= seq_ && !subscriber.peer->congested;
    }
    Subscriber* find(ConnectionId who) const;
    void go_on(const Subscriber& before, Subscriber& after) const;
    void admit(Subscriber& subscriber, Now now, Output& out);
    void begin(Subscriber& subscriber, Recovery recovery, Now now, Output& out);
    void advance(Subscriber& subscriber, Now now, Output& out);
    void ask_events(Subscriber& subscriber, bool count, Now now, Output& out);
    void send_page(Subscriber& to, const std::vector<RecentEvent>& events, Output& out) const;
    std::vector<RecentEvent> recall(std::uint64_t after);
    std::vector<ConnectionId> refuse_waiting(Now now, Output& out);
    void take(const feed::Record& record, std::int64_t logged_at_ms, Now now, Counts& counts);

    struct Pending {
        feed::Record record;
        std::int64_t logged_at_ms = 0;
    };

    Channel channel_;
    std::string key_;
    Board& board_;
    std::vector<std::unique_ptr<Subscriber>> subscribers_;
    bool loaded_ = false;
    std::uint64_t ticket_ = 0;      // of the snapshot that is on its way; 0: none is
    std::uint64_t answered_ = 0;    // ticket of the newest that came
    std::vector<Pending> pending_;  // states that came meanwhile
    bool is_touched_ = false;
    std::uint64_t seq_ = 0;  // newest of everything
    std::uint64_t state_seq_ = 0;
    std::uint64_t event_seq_ = 0;
    std::int64_t logged_at_ms_ = 0;
};

}  // namespace duel::wsserver
