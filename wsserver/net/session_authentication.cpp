#include "platform/log.hpp"
#include "wsserver/io/clock.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/greeting.hpp"
#include "wsserver/net/session.hpp"

// Who the client is, from the upgrade to the expiry of the token.
namespace duel::wsserver {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::seconds kWarnBeforeExpiry{60};

Complaint complaint_of(const Refusal& refusal) {
    const auto code = refusal.why == Refusal::Why::absent    ? Code::authentication_required
                      : refusal.why == Refusal::Why::expired ? Code::token_expired
                                                             : Code::authentication_failed;
    return {code, "the session token is refused: " + refusal.reason};
}

}  // namespace

void Session::on_accepted(const Verdict& verdict) {
    service_.meters.accepted.Increment();
    service_.meters.connected(endpoint()).Increment();
    if (const auto* claims = std::get_if<Claims>(&verdict)) {
        if (!admit(*claims)) return;
        greet();
        return open_streams();
    }
    const auto& refusal = std::get<Refusal>(verdict);
    const bool is_absent = refusal.why == Refusal::Why::absent;
    if (is_public()) {
        greet();
        if (!is_absent) fail(complaint_of(refusal));
        return open_streams();
    }
    if (!is_absent || endpoint().late_token == LateToken::refused)
        return refuse(complaint_of(refusal));
    service_.lines.connections.write(
        platform::log::Level::info, "connected {}, without a token yet", name()
    );
    authenticate_until_ = began_ + service_.settings.authentication_deadline;
    greet();
}

void Session::greet() {
    if (endpoint().dialect == Dialect::v69) send(connection_status(identity_, clock_now().wall));
}

// The client is this user now. False where that is not enough for this endpoint.
bool Session::admit(const Claims& claims) {
    identity_ = {claims.wallet, claims.username, claims.role == Role::admin};
    expires_at_ = claims.expires_at;
    warned_of_expiry_ = false;
    authenticate_until_ = Instant::max();
    if (endpoint().access != Access::admin || identity_.is_admin) return true;
    refuse({Code::forbidden, "this endpoint is for admins"});
    return false;
}

void Session::open_streams() {
    service_.lines.connections.write(platform::log::Level::info, "connected {}", name());
    loop_.note(happened("connected"));
    count_user();
    auto opening =
        endpoint().open({match_.id, target_, identity_, service_.settings.most_subscriptions});
    if (!opening && opening.error().code == Code::forbidden)
        return refuse({opening.error().code, opening.error().sentence()});
    if (!opening) {
        tell(about(opening.error()));
        opening = Opening{};
    }
    opening->dialect = endpoint().dialect;
    is_open_ = true;
    service_.hub.open(id_, std::move(*opening));
}

void Session::count_user() {
    if (identity_.wallet.empty()) return;
    if (const auto victim = service_.users.add(identity_.wallet, id_, last_heard_))
        service_.hub.hang_up(*victim, 4429, "too many connections of this user");
}

// A token by message: the first one says who the client is, later ones extend the session of the
// same user and never change who that is.
void Session::on(const Authenticate& message, std::size_t bytes) {
    loop_.tally().received("authenticate", bytes);
    const auto verdict = service_.tokens.verify(
        message.token, std::chrono::floor<std::chrono::seconds>(system_clock::now())
    );
    if (const auto* refusal = std::get_if<Refusal>(&verdict)) return fail(complaint_of(*refusal));
    const auto& claims = std::get<Claims>(verdict);
    const bool is_first = identity_.wallet.empty();
    if (!is_first &&
        (claims.wallet != identity_.wallet || (claims.role == Role::admin) != identity_.is_admin))
        return fail({Code::forbidden, "the token is of another user or role"});
    if (!admit(claims)) return;
    if (endpoint().dialect == Dialect::v69)
        send(authentication_succeeded(identity_, expires_at_, clock_now().wall));
    else
        send(authenticated(identity_.wallet, expires_at_, clock_now().wall));
    if (!is_first) return;
    greet();
    if (is_open_)
        count_user();
    else
        open_streams();
}

// A token that is no good; what everybody may see stays open.
void Session::fail(const Complaint& complaint) {
    if (endpoint().dialect == Dialect::v69)
        send(authentication_failed(complaint.sentence, clock_now().wall));
    if (!is_public()) return refuse(complaint);
    service_.lines.tokens.write(
        platform::log::Level::warn, "refused a token of {}: {}", name(), complaint.sentence
    );
    loop_.tally().failed(complaint.code);
}

// Says why, and closes: authentication and policy.
void Session::refuse(const Complaint& complaint) {
    service_.lines.tokens.write(
        platform::log::Level::warn,
        "refused {}: {}: {}",
        name(),
        text(complaint.code),
        complaint.sentence
    );
    service_.meters.rejected(text(complaint.code));
    tell(complaint);
    close(1008, complaint.sentence);
}

void Session::tell(const Complaint& complaint) {
    send(error_message(endpoint().dialect, complaint, clock_now().wall));
}

void Session::watch_token(Instant now, Seconds wall) {
    if (now >= authenticate_until_)
        return refuse({Code::authentication_required, "no session token came in time"});
    if (identity_.wallet.empty()) return;
    if (wall >= expires_at_) return expire();
    if (warned_of_expiry_ || wall + kWarnBeforeExpiry < expires_at_) return;
    warned_of_expiry_ = true;
    send(token_expiring(expires_at_, clock_now().wall));
}

void Session::expire() {
    const Complaint complaint{Code::token_expired, "the session token has expired"};
    if (is_public()) {
        service_.users.remove(identity_.wallet, id_);
        identity_ = {};
    }
    fail(complaint);
}

}  // namespace duel::wsserver
