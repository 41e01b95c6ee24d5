#pragma once

// One WebSocket connection.
//
// It has one writer: messages, pings, pongs and the close frame go through pump(), which gives TLS
// a record at a time of whatever waits. Messages come encoded and shared; what is not yet written
// is bounded by bytes. A client that reads too slowly is first held to event messages (the streams
// are told), then closed with 4408. Holds no buffer while idle: what comes in is read into the
// loop's. Lives on one loop, touched by its thread only.

#include "wsserver/net/allowance.hpp"
#include "wsserver/net/client_message.hpp"
#include "wsserver/net/frame_reader.hpp"
#include "wsserver/net/loop.hpp"
#include "wsserver/net/tls_socket.hpp"
#include "wsserver/net/upgrade.hpp"

#include <memory>
#include <optional>
#include <string>

namespace duel::wsserver {

class Session : public std::enable_shared_from_this<Session> {
public:
    // The upgrade was answered.
    Session(Loop& loop, TlsSocket socket, Match match, Target target, std::string ip);
    ~Session();

    void start(const Verdict& verdict);

    ConnectionId id() const { return id_; }
    const Endpoint& endpoint() const { return *match_.endpoint; }
    // What admins see of it.
    ConnectionRow row(Instant now) const;

    // Puts a message in line; true where pump() has to be called for it.
    bool enqueue(OutboundQueue::Item item);
    void send(MessagePtr message);
    // Writes what waits, as far as the socket takes it.
    void pump();

    // Lets what waits go out, then closes. 4408 drops what waits. The first reason counts.
    void close(std::uint16_t code, std::string reason);
    void announce_shutdown();
    void leave_for_restart();

    void tick(Instant now, Seconds wall);

private:
    struct Farewell {
        enum class Kind {
            request,  // the client answers it
            answer,   // to the client's: the connection ends with it
            failure,  // of the protocol: so it does here
        };
        Kind kind;
        std::uint16_t code;
        std::string reason;
        Instant deadline;
    };

    bool is_public() const { return endpoint().access == Access::anyone; }

    // session_authentication.cpp
    void on_accepted(const Verdict& verdict);
    void greet();
    bool admit(const Claims& claims);
    void open_streams();
    void count_user();
    void on(const Authenticate& message, std::size_t bytes);
    void fail(const Complaint& complaint);
    void refuse(const Complaint& complaint);
    void tell(const Complaint& complaint);
    void watch_token(Instant now, Seconds wall);
    void expire();

    // session_inbound.cpp; `bytes`: how long the message was
    void on_message(std::string_view text);
    void on(const Ping& ping, std::size_t bytes);
    void on(const Pong& pong, std::size_t bytes);
    void on(const Demand& demand, std::size_t bytes);
    void on(const BadMessage& message, std::size_t bytes);
    void on_too_often();
    void note(OutboundQueue::Change change);
    void give_up_queue();
    std::chrono::milliseconds heartbeat() const;
    void watch_heartbeat(Instant now);
    // The end, whoever began it. Once.
    void finish(std::uint16_t code, std::string_view reason);
    void finish_farewell();
    void lost();
    // The first words about the end; later ones may hurry it, never put it off.
    void begin_farewell(Farewell::Kind kind, std::uint16_t code, std::string reason);
    // Reads what the client still sends, so that our last words are not lost to a reset.
    void linger();
    void leave();
    std::string name() const;
    LifecycleEvent happened(std::string_view what) const;

    // session_io.cpp
    void read();
    void take(std::span<char> bytes);
    void on_close(const FrameReader::Event& event);
    void on_refused(const FrameReader::Event& event);
    void gather(std::string& record);
    bool write(std::string_view record);
    void wait_to_write(TlsSocket::Outcome wanted);
    void write_blocked();
    void on_taken(const OutboundQueue::Item& item, Now now);

    Loop& loop_;
    Service& service_;
    TlsSocket socket_;
    Match match_;
    Target target_;
    std::string ip_;
    ConnectionId id_ = 0;
    Identity identity_;
    Seconds expires_at_{};
    Instant authenticate_until_ = Instant::max();
    bool warned_of_expiry_ = false;

    FrameReader reader_;
    OutboundQueue queue_;
    bool is_in_line_ = false;          // pump() will be called
    std::optional<std::string> pong_;  // what it has to carry
    bool wants_ping_ = false;
    std::string blocked_;  // a record that the socket has not taken yet
    Instant blocked_since_{};
    std::optional<Farewell> farewell_;

    bool is_open_ = false;  // follows channels
    bool is_finished_ = false;
    bool is_closing_ = false;  // the close frame is on its way
    Instant began_;
    Timestamp connected_at_;
    std::uint64_t messages_in_ = 0;
    std::uint64_t messages_out_ = 0;
    Instant linger_until_{};
    LastHeard last_heard_;
    Instant next_ping_{};
    Instant next_json_ping_{};
    Allowance inbound_;  // messages and pings
    int malformed_ = 0;
};

}  // namespace duel::wsserver
