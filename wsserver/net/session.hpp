#pragma once

// One WebSocket connection.
//
// It has one writer: messages, pings and the close frame go through pump(), one after the other.
// Messages come encoded and shared; what is not yet written is bounded by bytes. A client that
// reads too slowly is first held to event messages (the streams are told), then closed with 4408.
// Lives on one loop, touched by its thread only.

#include "wsserver/net/client_message.hpp"
#include "wsserver/net/loop.hpp"
#include "wsserver/net/tls.hpp"
#include "wsserver/net/upgrade.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace duel::wsserver {

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(Loop& loop, TlsStream stream, Upgrade upgrade, Verdict verdict, std::string ip);
    ~Session();

    // Answers the upgrade request and begins.
    void start(UpgradeRequest request);

    ConnectionId id() const { return id_; }

    // Puts a message in line; true where pump() has to be called for it.
    bool enqueue(OutboundQueue::Item item);
    void send(MessagePtr message);
    // Writes the next thing that waits, unless a write is under way.
    void pump();

    // Lets what waits go out, then closes. 4408 drops what waits. The first reason counts.
    void close(std::uint16_t code, std::string reason);
    void announce_shutdown();

    void tick(Instant now, Seconds wall);

private:
    struct Farewell {
        std::uint16_t code;
        std::string reason;
        Instant deadline;
    };

    void on_accepted(boost::system::error_code error);
    void open_streams();
    void refuse(Code code, const std::string& sentence);
    void read();
    void on_read(boost::system::error_code error);
    void on_message(std::string_view text);
    void on(const Ping& ping);
    void on(const Authenticate& message);
    void on(const UnknownMessage& message);
    void on(const BadMessage& message);
    bool is_too_often();
    void on_written(boost::system::error_code error);
    void note(OutboundQueue::Change change);
    void give_up_queue();
    void watch_token(Seconds wall);
    void watch_heartbeat(Instant now);
    // The end, whoever began it. Once.
    void finish(std::uint16_t code, std::string_view reason);
    // Reads what the client still sends, so that our last words are not lost to a reset.
    void linger();
    void leave();
    std::string name() const;

    Loop& loop_;
    Service& service_;
    boost::beast::websocket::stream<TlsStream, false> socket_;
    Upgrade upgrade_;
    Verdict verdict_;
    std::string ip_;
    ConnectionId id_ = 0;
    UpgradeRequest request_;
    Identity identity_;
    Seconds expires_at_{};
    bool warned_of_expiry_ = false;

    boost::beast::flat_buffer inbound_;
    OutboundQueue queue_;
    bool is_writing_ = false;
    bool is_writing_message_ = false;
    bool wants_ping_ = false;
    Instant write_began_{};
    std::optional<Farewell> farewell_;

    bool is_accepted_ = false;
    bool is_open_ = false;  // follows channels
    bool is_finished_ = false;
    bool is_closing_ = false;  // the close frame is on its way
    Instant began_;
    Instant step_deadline_;  // of the upgrade, then of lingering
    LastHeard last_heard_;
    Instant next_ping_{};
    double allowance_;  // inbound messages that may come now
    Instant allowance_at_;
    int malformed_ = 0;
    std::array<char, 1024> discarded_{};
};

}  // namespace duel::wsserver
