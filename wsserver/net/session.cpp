#include "wsserver/net/session.hpp"

#include "platform/log.hpp"
#include "wsserver/io/hub.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <netinet/tcp.h>

namespace duel::wsserver {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::chrono::seconds kWarnBeforeExpiry{60};
constexpr std::chrono::seconds kLinger{1};
constexpr int kMissedHeartbeats = 3;

// What the kernel holds for a client that does not read counts too: it would take megabytes.
using NotSentLowWater = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr int kMostUnsent = 128 << 10;

Timestamp wall_now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(system_clock::now());
}

}  // namespace

Session::Session(Loop& loop, TlsSocket socket, Upgrade upgrade, Verdict verdict, std::string ip)
    : loop_(loop),
      service_(loop.service()),
      socket_(std::move(socket)),
      upgrade_(std::move(upgrade)),
      verdict_(std::move(verdict)),
      ip_(std::move(ip)),
      reader_(service_.settings.message_bytes),
      queue_(service_.settings.queue),
      began_(steady_clock::now()),
      last_heard_(std::make_shared<std::atomic<Instant::rep>>(began_.time_since_epoch().count())),
      next_ping_(began_ + upgrade_.match.endpoint->heartbeat),
      allowance_(2 * service_.settings.messages_per_second),
      allowance_at_(began_) {}

Session::~Session() {
    --service_.connections;
}

void Session::start() {
    id_ = loop_.add(shared_from_this());
    error_code ignored;
    socket_.tcp().set_option(Tcp::no_delay{true}, ignored);
    socket_.tcp().set_option(NotSentLowWater{kMostUnsent}, ignored);
    on_accepted();
    if (!is_finished_) read();
}

void Session::on_accepted() {
    service_.meters.accepted.Increment();
    service_.meters.connected(*upgrade_.match.endpoint).Increment();
    if (const auto* refusal = std::get_if<Refusal>(&verdict_)) {
        const auto code = refusal->why == Refusal::Why::absent    ? Code::authentication_required
                          : refusal->why == Refusal::Why::expired ? Code::token_expired
                                                                  : Code::authentication_failed;
        return refuse(code, "the session token is refused: " + refusal->reason);
    }
    const auto& claims = std::get<Claims>(verdict_);
    identity_ = {claims.wallet, claims.username, claims.role == Role::admin};
    expires_at_ = claims.expires_at;
    if (upgrade_.match.endpoint->access == Access::admin && !identity_.is_admin)
        return refuse(Code::forbidden, "this endpoint is for admins");
    open_streams();
}

void Session::open_streams() {
    platform::log::info("connected {}", name());
    if (const auto victim = service_.users.add(identity_.wallet, id_, last_heard_))
        service_.hub.hang_up(*victim, 4429, "too many connections of this user");
    const auto opening = upgrade_.match.endpoint->open(
        {upgrade_.match.id, upgrade_.target, identity_, service_.settings.most_subscriptions}
    );
    if (!opening && opening.error().code == Code::forbidden)
        return refuse(opening.error().code, opening.error().sentence());
    if (!opening) tell(opening.error());
    is_open_ = true;
    service_.hub.open(id_, opening ? *opening : Opening{});
}

// Says why, and closes: authentication and policy.
void Session::refuse(Code code, const std::string& sentence) {
    platform::log::warn("refused {}: {}: {}", name(), text(code), sentence);
    service_.meters.rejected(text(code));
    service_.meters.failed(text(code));
    send(error_message(code, sentence));
    close(1008, sentence);
}

bool Session::enqueue(OutboundQueue::Item item) {
    if (farewell_ || is_finished_) return false;
    loop_.queue_changed(static_cast<std::ptrdiff_t>(item.message->text.size()));
    note(queue_.push(std::move(item)));
    return blocked_.empty() && !farewell_ && !std::exchange(is_in_line_, true);
}

void Session::send(MessagePtr message) {
    if (enqueue({std::move(message)})) pump();
}

void Session::note(OutboundQueue::Change change) {
    switch (change) {
        case OutboundQueue::Change::none:
            break;
        case OutboundQueue::Change::congested:
            service_.hub.congested(id_);
            break;
        case OutboundQueue::Change::drained:
            service_.hub.drained(id_);
            break;
        case OutboundQueue::Change::overflowed:
            close(4408, "reads too slowly");
            break;
    }
}

void Session::close(std::uint16_t code, std::string reason) {
    if (farewell_ || is_finished_) return;
    const auto wait =
        code == 4408 ? std::chrono::milliseconds{1'000} : service_.settings.close_deadline;
    farewell_ =
        Farewell{Farewell::Kind::request, code, std::move(reason), steady_clock::now() + wait};
    if (std::exchange(is_open_, false)) service_.hub.close(id_);
    if (code == 4408) give_up_queue();
    pump();
}

void Session::give_up_queue() {
    const auto before = static_cast<std::ptrdiff_t>(queue_.bytes());
    queue_.clear();
    loop_.queue_changed(static_cast<std::ptrdiff_t>(queue_.bytes()) - before);
}

void Session::announce_shutdown() {
    send(server_shutdown(service_.settings.retry_after, wall_now()));
}

void Session::tick(Instant now, Seconds wall) {
    if (is_finished_) {
        if (now > linger_until_) leave();
        return;
    }
    if (farewell_) {
        if (now > farewell_->deadline) finish_farewell();
        return;
    }
    if (!blocked_.empty() && now - blocked_since_ > service_.settings.write_deadline)
        return close(4408, "reads too slowly");
    watch_token(wall);
    watch_heartbeat(now);
}

void Session::watch_token(Seconds wall) {
    if (!std::holds_alternative<Claims>(verdict_)) return;
    if (wall >= expires_at_) return refuse(Code::token_expired, "the session token has expired");
    if (warned_of_expiry_ || wall + kWarnBeforeExpiry < expires_at_) return;
    warned_of_expiry_ = true;
    send(token_expiring(expires_at_, wall_now()));
}

void Session::watch_heartbeat(Instant now) {
    const auto heartbeat = upgrade_.match.endpoint->heartbeat;
    const Instant heard{Instant::duration{last_heard_->load()}};
    if (now - heard > kMissedHeartbeats * heartbeat)
        return close(1001, "nothing was heard for long");
    if (now < next_ping_) return;
    next_ping_ = now + heartbeat;
    wants_ping_ = true;
    pump();
}

void Session::finish(std::uint16_t code, std::string_view reason) {
    if (std::exchange(is_finished_, true)) return;
    const auto lived =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began_);
    platform::log::info(
        "disconnected {} with {} after {} ms: {}", name(), code, lived.count(), reason
    );
    service_.meters.closed(code);
    service_.meters.connected(*upgrade_.match.endpoint).Decrement();
    if (std::exchange(is_open_, false)) service_.hub.close(id_);
    if (!identity_.wallet.empty()) service_.users.remove(identity_.wallet, id_);
    give_up_queue();
    linger_until_ = steady_clock::now() + kLinger;
    // A record that was not taken whole has to be the last.
    if (blocked_.empty()) socket_.end_sending();
    linger();
}

void Session::finish_farewell() {
    const auto farewell = *farewell_;
    finish(farewell.code, farewell.reason);
}

void Session::linger() {
    auto& tcp = socket_.tcp();
    if (!tcp.is_open() || !blocked_.empty()) return leave();
    tcp.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
        const auto bytes = self->loop_.inbound();
        if (!error)
            self->socket_.tcp().read_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
        if (error == boost::asio::error::would_block) error = {};
        if (error || steady_clock::now() > self->linger_until_) return self->leave();
        self->linger();
    });
}

void Session::leave() {
    socket_.close();
    loop_.remove(id_);
}

std::string Session::name() const {
    return fmt::format(
        "{:x} {} {} {}",
        id_,
        upgrade_.match.endpoint->name,
        ip_,
        identity_.wallet.empty() ? "nobody" : identity_.wallet
    );
}

}  // namespace duel::wsserver
