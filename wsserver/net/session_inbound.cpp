#include "platform/log.hpp"
#include "wsserver/io/clock.hpp"
#include "wsserver/io/hub.hpp"
#include "wsserver/net/session.hpp"

// What the client sends.
namespace duel::wsserver {

void Session::on_message(std::string_view text) {
    ++messages_in_;
    if (!inbound_.take(std::chrono::steady_clock::now())) return on_too_often();
    std::visit([&](const auto& message) { on(message, text.size()); }, read_client_message(text));
}

void Session::on_too_often() {
    service_.lines.messages.write(
        platform::log::Level::info, "too many messages a second from {}", name()
    );
    tell({Code::too_many_messages, "too many messages a second"});
    close(4429, "too many messages");
}

void Session::on(const Ping&, std::size_t bytes) {
    loop_.tally().received("ping", bytes);
    send(pong(clock_now().wall));
}

void Session::on(const Pong&, std::size_t bytes) {
    loop_.tally().received("pong", bytes);
}

void Session::on(const Demand& demand, std::size_t bytes) {
    const auto original = excerpt(demand.type);
    if (!is_open_) {
        loop_.tally().received("demand", bytes);
        return tell({Code::authentication_required, "authenticate has to come first", {}, original}
        );
    }
    const auto heed = endpoint().heed;
    const auto change = heed != nullptr
                            ? heed(demand, identity_)
                            : Result<Change>{unknown_demand(demand, "ping or authenticate")};
    const bool is_unknown = !change && change.error().code == Code::unknown_message;
    loop_.tally().received(is_unknown ? "unknown" : "demand", bytes);
    if (!change) return tell(about(change.error(), {}, original));
    for (const auto& refused : change->refused)
        tell(about(refused.error, refused.channel, original));
    if (change->monitor && change->monitor->close)
        platform::log::info("{} closes connection {:x}", name(), *change->monitor->close);
    service_.hub.change(id_, *change);
}

void Session::on(const BadMessage& message, std::size_t bytes) {
    loop_.tally().received("malformed", bytes);
    service_.lines.messages.write(
        platform::log::Level::info, "bad message from {}: {}", name(), message.sentence
    );
    tell({message.code, message.sentence, {}, message.type});
    if (++malformed_ >= service_.settings.most_malformed) close(1008, "too many bad messages");
}

}  // namespace duel::wsserver
