#include "platform/log.hpp"
#include "wsserver/net/session.hpp"

#include <algorithm>

// What the client sends.
namespace duel::wsserver {
namespace {

namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::uint16_t kNoCode = 1006;  // TCP ended without a close frame; never on the wire

Timestamp wall_now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(system_clock::now());
}

// The close code that Beast answers a frame with that it refuses.
std::uint16_t code_of(const error_code& error) {
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow)
        return 1009;
    if (error == websocket::error::bad_frame_payload) return 1007;
    if (error == websocket::condition::protocol_violation) return 1002;
    return kNoCode;
}

}  // namespace

void Session::read() {
    socket_.async_read(inbound_, [self = shared_from_this()](error_code error, std::size_t) {
        self->on_read(error);
    });
}

void Session::on_read(error_code error) {
    if (is_finished_ || (error && is_closing_)) return;  // async_close ends it
    if (error == websocket::error::closed) {
        const auto code = static_cast<std::uint16_t>(socket_.reason().code);
        return finish(code == 0 || code == 1005 ? 1000 : code, "closed by the client");
    }
    if (error) return finish(code_of(error), error.message());
    last_heard_->store(steady_clock::now().time_since_epoch().count());
    if (socket_.got_binary()) {
        close(1003, "text messages are wanted");
    } else if (!farewell_) {
        const auto data = inbound_.data();
        on_message({static_cast<const char*>(data.data()), data.size()});
    }
    inbound_.consume(inbound_.size());
    read();
}

void Session::on_message(std::string_view text) {
    if (is_too_often()) {
        service_.meters.failed(duel::text(Code::too_many_messages));
        send(error_message(Code::too_many_messages, "too many messages a second"));
        return close(4429, "too many messages");
    }
    std::visit([this](const auto& message) { on(message); }, read_client_message(text));
}

bool Session::is_too_often() {
    const auto now = steady_clock::now();
    const auto rate = service_.settings.messages_per_second;
    const std::chrono::duration<double> passed = now - allowance_at_;
    allowance_at_ = now;
    allowance_ = std::min(allowance_ + passed.count() * rate, 2 * rate);
    if (allowance_ < 1) return true;
    allowance_ -= 1;
    return false;
}

void Session::on(const Ping&) {
    service_.meters.received("ping");
    send(pong(wall_now()));
}

// A new token extends the session of the same user; it never changes who that is.
void Session::on(const Authenticate& message) {
    service_.meters.received("authenticate");
    const auto verdict = service_.tokens.verify(
        message.token, std::chrono::floor<std::chrono::seconds>(system_clock::now())
    );
    if (const auto* refusal = std::get_if<Refusal>(&verdict))
        return refuse(
            refusal->why == Refusal::Why::expired ? Code::token_expired
                                                  : Code::authentication_failed,
            "the session token is refused: " + refusal->reason
        );
    const auto& claims = std::get<Claims>(verdict);
    if (claims.wallet != identity_.wallet || (claims.role == Role::admin) != identity_.is_admin)
        return refuse(Code::forbidden, "the token is of another user or role");
    expires_at_ = claims.expires_at;
    warned_of_expiry_ = false;
    send(authenticated(identity_.wallet, expires_at_, wall_now()));
}

void Session::on(const UnknownMessage& message) {
    service_.meters.received("unknown");
    service_.meters.failed(text(Code::unknown_message));
    send(error_message(Error{
        Code::unknown_message, "type", excerpt(message.type), "ping or authenticate"}));
}

void Session::on(const BadMessage& message) {
    service_.meters.received("malformed");
    service_.meters.failed(text(message.code));
    platform::log::info("bad message from {}: {}", name(), message.sentence);
    send(error_message(message.code, message.sentence));
    if (++malformed_ >= service_.settings.most_malformed) close(1008, "too many bad messages");
}

}  // namespace duel::wsserver
