#include "platform/log.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/session.hpp"

#include <algorithm>

// What the client sends.
namespace duel::wsserver {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

Timestamp wall_now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(system_clock::now());
}

}  // namespace

void Session::on_message(std::string_view text) {
    if (is_too_often()) return on_too_often();
    std::visit([this](const auto& message) { on(message); }, read_client_message(text));
}

void Session::on_too_often() {
    service_.meters.failed(text(Code::too_many_messages));
    send(error_message(Code::too_many_messages, "too many messages a second"));
    close(4429, "too many messages");
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

void Session::on(const Demand& demand) {
    const auto& endpoint = *upgrade_.match.endpoint;
    const auto change = endpoint.heed != nullptr
                            ? endpoint.heed(demand, identity_)
                            : Result<Change>{unknown_demand(demand, "ping or authenticate")};
    const bool is_unknown = !change && change.error().code == Code::unknown_message;
    service_.meters.received(is_unknown ? "unknown" : "demand");
    if (!change) return tell(change.error());
    for (const auto& refused : change->refused)
        tell(refused.error, refused.channel);
    service_.hub.change(id_, *change);
}

void Session::tell(const Error& error, std::string_view channel) {
    service_.meters.failed(text(error.code));
    send(error_message(error, channel));
}

void Session::on(const BadMessage& message) {
    service_.meters.received("malformed");
    service_.meters.failed(text(message.code));
    platform::log::info("bad message from {}: {}", name(), message.sentence);
    send(error_message(message.code, message.sentence));
    if (++malformed_ >= service_.settings.most_malformed) close(1008, "too many bad messages");
}

}  // namespace duel::wsserver
