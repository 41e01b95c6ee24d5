#include "wsserver/net/session.hpp"

#include "platform/log.hpp"
#include "wsserver/io/clock.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/greeting.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <netinet/tcp.h>

namespace duel::wsserver {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kLinger{1};
constexpr std::chrono::milliseconds kLastWords{1'000};  // to one that reads too slowly
constexpr std::chrono::seconds kJsonPingEvery{30};      // as the clients of v69 know it
constexpr int kMissedHeartbeats = 3;
constexpr std::uint16_t kNoCode = 1006;  // TCP ended without a close frame; never on the wire

// What the kernel holds for a client that does not read counts too: it would take megabytes.
using NotSentLowWater = boost::asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr int kMostUnsent = 128 << 10;

}  // namespace

Session::Session(Loop& loop, TlsSocket socket, Match match, Target target, std::string ip)
    : loop_(loop),
      service_(loop.service()),
      socket_(std::move(socket)),
      match_(std::move(match)),
      target_(std::move(target)),
      ip_(std::move(ip)),
      reader_(service_.settings.message_bytes),
      queue_(service_.settings.queue),
      began_(steady_clock::now()),
      connected_at_(clock_now().wall),
      last_heard_(std::make_shared<std::atomic<Instant::rep>>(began_.time_since_epoch().count())),
      next_ping_(began_ + heartbeat()),
      next_json_ping_(began_ + kJsonPingEvery),
      inbound_(
          service_.settings.messages_per_second,
          2 * service_.settings.messages_per_second,
          began_
      ) {}

Session::~Session() {
    --service_.connections;
}

void Session::start(const Verdict& verdict) {
    id_ = loop_.add(shared_from_this());
    error_code ignored;
    socket_.tcp().set_option(Tcp::no_delay{true}, ignored);
    socket_.tcp().set_option(NotSentLowWater{kMostUnsent}, ignored);
    on_accepted(verdict);
    if (!is_finished_) read();
}

bool Session::enqueue(OutboundQueue::Item item) {
    if (farewell_ || is_finished_) return false;
    loop_.tally().queue_changed(static_cast<std::ptrdiff_t>(item.message->text.size()));
    loop_.tally().delivered();
    if (item.message->error) {
        loop_.tally().failed(*item.message->error);
        auto event = happened("error");
        event.code = text(*item.message->error);
        loop_.note(std::move(event));
    }
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
            loop_.note(happened("slow"));
            service_.lines.slow.write(
                platform::log::Level::warn,
                "{} reads too slowly: {} bytes wait; event messages only until it has caught up",
                name(),
                queue_.bytes()
            );
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
    begin_farewell(Farewell::Kind::request, code, std::move(reason));
}

void Session::begin_farewell(Farewell::Kind kind, std::uint16_t code, std::string reason) {
    const bool is_slow = kind == Farewell::Kind::request && code == 4408;
    auto deadline = steady_clock::now() + (is_slow ? kLastWords : service_.settings.close_deadline);
    if (farewell_) deadline = std::min(deadline, farewell_->deadline);
    farewell_ = Farewell{kind, code, std::move(reason), deadline};
    if (std::exchange(is_open_, false)) service_.hub.close(id_);
    if (is_slow || kind == Farewell::Kind::answer) give_up_queue();
    pump();
}

void Session::give_up_queue() {
    const auto before = static_cast<std::ptrdiff_t>(queue_.bytes());
    const auto messages = queue_.messages();
    queue_.clear();
    loop_.tally().gave_up(messages - queue_.messages());
    loop_.tally().queue_changed(static_cast<std::ptrdiff_t>(queue_.bytes()) - before);
}

void Session::announce_shutdown() {
    send(server_shutdown(service_.settings.retry_after, clock_now().wall));
}

// Clients of v69 wait long after 1012.
void Session::leave_for_restart() {
    close(endpoint().dialect == Dialect::v69 ? 1001 : 1012, "the server restarts");
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
    watch_token(now, wall);
    watch_heartbeat(now);
}

std::chrono::milliseconds Session::heartbeat() const {
    return endpoint().pings == Pings::brisk ? service_.settings.market_heartbeat
                                            : service_.settings.heartbeat;
}

void Session::watch_heartbeat(Instant now) {
    const Instant heard{Instant::duration{last_heard_->load()}};
    if (now - heard > kMissedHeartbeats * heartbeat())
        return close(1001, "nothing was heard for long");
    if (endpoint().dialect == Dialect::v69 && now >= next_json_ping_) {
        next_json_ping_ = now + kJsonPingEvery;
        send(json_ping(clock_now().wall));
    }
    if (now < next_ping_) return;
    next_ping_ = now + heartbeat();
    wants_ping_ = true;
    pump();
}

void Session::finish(std::uint16_t code, std::string_view reason) {
    if (std::exchange(is_finished_, true)) return;
    const auto lived =
        std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began_);
    service_.lines.connections.write(
        platform::log::Level::info,
        "disconnected {} with {} after {} ms: {}",
        name(),
        code,
        lived.count(),
        reason
    );
    auto event = happened("disconnected");
    event.close_code = code;
    event.reason = reason;
    event.lasted = lived;
    loop_.note(std::move(event));
    service_.meters.closed(code);
    service_.meters.connected(endpoint()).Decrement();
    if (std::exchange(is_open_, false)) service_.hub.close(id_);
    if (!identity_.wallet.empty()) service_.users.remove(identity_.wallet, id_);
    give_up_queue();
    // A frame that was begun ends nowhere now.
    loop_.tally().gave_up(queue_.messages());
    loop_.tally().queue_changed(-static_cast<std::ptrdiff_t>(queue_.bytes()));
    linger_until_ = steady_clock::now() + kLinger;
    // A record that was not taken whole has to be the last.
    if (blocked_.empty()) socket_.end_sending();
    linger();
}

void Session::finish_farewell() {
    finish(farewell_->code, farewell_->reason);
}

// TCP ended.
void Session::lost() {
    if (farewell_) return finish_farewell();
    finish(kNoCode, "the client went away");
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

ConnectionRow Session::row(Instant now) const {
    const Instant heard{Instant::duration{last_heard_->load()}};
    const bool is_leaving = farewell_ || is_finished_;
    const bool is_waiting = !is_open_;
    return {
        .id = id_,
        .endpoint = endpoint().name,
        .wallet = identity_.wallet,
        .ip = ip_,
        .state = is_leaving              ? ConnectionState::closing
                 : is_waiting            ? ConnectionState::waiting
                 : queue_.is_congested() ? ConnectionState::slow
                                         : ConnectionState::open,
        .connected_at = connected_at_,
        .idle = std::chrono::duration_cast<std::chrono::milliseconds>(now - heard),
        .messages_in = messages_in_,
        .messages_out = messages_out_,
        .queue_bytes = queue_.bytes()};
}

LifecycleEvent Session::happened(std::string_view what) const {
    return {
        .what = what,
        .id = id_,
        .endpoint = endpoint().name,
        .wallet = identity_.wallet,
        .ip = ip_};
}

std::string Session::name() const {
    return fmt::format(
        "{:x} {} {} {}",
        id_,
        endpoint().name,
        ip_,
        identity_.wallet.empty() ? "nobody" : identity_.wallet
    );
}

}  // namespace duel::wsserver
