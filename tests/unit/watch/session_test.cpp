#include "watch/session.hpp"

#include "tests/unit/watch/messages.hpp"
#include "tests/unit/watch/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace duel::watch {
using namespace std::chrono_literals;
using scripted::Peer;
using Script = scripted::Server::Script;

namespace {

namespace asio = boost::asio;

const std::string kC = "contest:c1";
const scripted::Identity& identity() {
    static const auto made = scripted::make_identity("DNS:localhost,IP:127.0.0.1");
    return made;
}

// What a session saw, as text.
class Seen final : public Listener {
public:
    std::string events;  // their seq
    std::string types;
    std::string faults;
    std::string notices;
    std::function<void()> at_message;
    std::function<void()> at_notice;

    void on_message(std::string_view /*text*/, const Message* message) override {
        if (message) types += message->type + " ";
        if (message && message->is_event()) events += std::to_string(message->seq) + " ";
        if (at_message) at_message();
    }
    void on_notice(std::string_view sentence) override {
        notices.append(sentence).append("\n");
        if (at_notice) at_notice();
    }
    void on_fault(std::string_view sentence) override { faults.append(sentence).append("\n"); }
};

Session::Settings settings_for(std::uint16_t port) {
    Session::Settings settings;
    settings.server = Server{"localhost", port, ""};
    settings.endpoint = Endpoint{Endpoint::Kind::contest, {kC}};
    settings.token = "a.b.c";
    settings.backoff = {1ms, 20ms, 1ms};
    return settings;
}

asio::ssl::context trusting_only(const scripted::Identity& trusted) {
    auto tls = platform::trusting("", "");
    tls.add_certificate_authority(asio::buffer(trusted.certificate));
    return tls;
}

// Runs the session until it ends by itself or `longest` is over.
void run(
    Seen& seen,
    const Session::Settings& settings,
    const scripted::Identity& trusted = identity(),
    const std::function<void(Session&)>& also = {}
) {
    asio::io_context context;
    auto tls = trusting_only(trusted);
    Session session{context.get_executor(), tls, settings, seen};
    bool ended = false;
    asio::co_spawn(context, session.run(), [&](std::exception_ptr failure) {
        ended = true;
        context.stop();
        if (failure) std::rethrow_exception(failure);
    });
    if (also) also(session);
    context.run_for(10s);
    REQUIRE(ended);
}

void end(Peer& peer) {
    peer.close(1008, "over");
}

}  // namespace

TEST_CASE("a session offers the token alone and asks for its endpoint", "[session]") {
    std::string target;
    std::string protocol;
    scripted::Server server{identity(), {Script{[&](Peer& peer) {
                                target = peer.target;
                                protocol = peer.protocol;
                                end(peer);
                            }}}};
    auto settings = settings_for(server.port());
    settings.wishes.diff = true;
    settings.since = {"earlier"};
    Seen seen;
    run(seen, settings);
    REQUIRE(target == "/api/v2/ws/contest/c1?mode=diff&since=earlier");
    REQUIRE(protocol == "a.b.c");
}

TEST_CASE("a session resumes after every cut where it stood, without gap or repeat", "[session]") {
    std::vector<std::string> targets;
    std::vector<Script> scripts;
    constexpr std::uint64_t kConnections = 20;
    for (std::uint64_t i = 0; i < kConnections; ++i) {
        scripts.emplace_back([&targets, i](Peer& peer) {
            targets.push_back(peer.target);
            const auto from = 10 + 2 * i;
            peer.send(made::subscribed(kC, from, i == 0 ? "none" : "replayed"));
            peer.send(made::event(kC, i == 0 ? 7 : from, from + 1));
            peer.send(made::event(kC, from + 1, from + 2));
            if (i % 2 == 0) peer.send(made::state(kC, from + 2));
            if (i + 1 == kConnections) end(peer);
        });
    }
    scripted::Server server{identity(), std::move(scripts)};
    Seen seen;
    run(seen, settings_for(server.port()));

    std::string expected;
    for (std::uint64_t seq = 11; seq <= 10 + 2 * kConnections; ++seq) {
        expected += std::to_string(seq) + " ";
    }
    REQUIRE(seen.events == expected);
    REQUIRE(
        seen.faults ==
        "contest:c1: 1008: the token is missing, bad or expired, or a rule was broken (over)\n"
    );
    REQUIRE(targets.size() == kConnections);
    REQUIRE(targets[0] == "/api/v2/ws/contest/c1");
    REQUIRE(targets[1] == "/api/v2/ws/contest/c1?since=" + made::cursor(kC, 12));
    REQUIRE(targets[19] == "/api/v2/ws/contest/c1?since=" + made::cursor(kC, 48));
}

TEST_CASE("a hole after a cut is a fault", "[session]") {
    scripted::Server server{
        identity(),
        {Script{[](Peer& peer) {
             peer.send(made::subscribed(kC, 10));
             peer.send(made::event(kC, 9, 11));
         }},
         Script{[](Peer& peer) {
             peer.send(made::subscribed(kC, 11, "replayed"));
             peer.send(made::event(kC, 12, 13));
             end(peer);
         }}}};
    Seen seen;
    run(seen, settings_for(server.port()));
    REQUIRE(seen.faults.find("gap: event 13 follows 12") != std::string::npos);
}

TEST_CASE("an announced loss is told and is no fault", "[session]") {
    scripted::Server server{
        identity(), {Script{[](Peer& peer) {
            peer.send(R"({"type":"SUBSCRIBED","channel":"contest:c1","seq":5,"cursor":"x",)"
                      R"("recovery":"snapshot","reason":"too_old"})");
            end(peer);
        }}}};
    auto settings = settings_for(server.port());
    settings.since = {"old"};
    Seen seen;
    run(seen, settings);
    REQUIRE(seen.notices.find("could not replay (too_old)") != std::string::npos);
    REQUIRE(seen.faults.find("gap") == std::string::npos);
}

TEST_CASE("a certificate of somebody else is refused and tried again", "[session]") {
    scripted::Server server{
        scripted::make_identity("DNS:localhost"), {Script{[](Peer&) {}}, Script{[](Peer&) {}}}};
    Seen seen;
    run(seen, settings_for(server.port()), identity(), [&](Session& session) {
        seen.at_notice = [&] { session.stop(); };
    });
    REQUIRE(seen.notices.find("certificate verify failed") != std::string::npos);
    REQUIRE(seen.types.empty());
}

TEST_CASE("a trusted certificate for another host is refused", "[session]") {
    const auto other = scripted::make_identity("DNS:elsewhere.example");
    scripted::Server server{other, {Script{[](Peer&) {}}}};
    Seen seen;
    run(seen, settings_for(server.port()), other, [&](Session& session) {
        seen.at_notice = [&] { session.stop(); };
    });
    REQUIRE(seen.notices.find("certificate verify failed") != std::string::npos);
    REQUIRE(seen.types.empty());
}

TEST_CASE("an address is verified like a name", "[session]") {
    scripted::Server server{identity(), {Script{[](Peer& peer) { end(peer); }}}};
    auto settings = settings_for(server.port());
    settings.server.host = "127.0.0.1";
    Seen seen;
    run(seen, settings);
    REQUIRE(seen.notices.find("connected to 127.0.0.1") != std::string::npos);
}

TEST_CASE("pings go out while nothing else happens", "[session]") {
    std::string first;
    scripted::Server server{identity(), {Script{[&](Peer& peer) {
                                first = peer.receive();
                                peer.send(R"({"type":"pong","timestamp":"2025-11-13T19:15:12Z"})");
                                end(peer);
                            }}}};
    auto settings = settings_for(server.port());
    settings.ping_every = 1s;
    Seen seen;
    run(seen, settings);
    REQUIRE(first == R"({"type":"ping"})");
    REQUIRE(seen.types == "pong ");
}

TEST_CASE("a server that says when to come back is obeyed", "[session]") {
    scripted::Server server{
        identity(),
        {Script{[](Peer& peer) {
             peer.send(R"({"type":"SERVER_SHUTDOWN","retry_after_ms":400})");
             peer.close(1012);
         }},
         Script{[](Peer& peer) { end(peer); }}}};
    Seen seen;
    const auto start = std::chrono::steady_clock::now();
    run(seen, settings_for(server.port()));
    REQUIRE(std::chrono::steady_clock::now() - start >= 400ms);
    REQUIRE(seen.notices.find("1012: the server restarts; again in 0.4 s") != std::string::npos);
}

TEST_CASE("429 is tried again after Retry-After, 404 is final", "[session]") {
    scripted::Server server{identity(), {Script::refusing(429, "1"), Script::refusing(404)}};
    Seen seen;
    const auto start = std::chrono::steady_clock::now();
    run(seen, settings_for(server.port()));
    REQUIRE(std::chrono::steady_clock::now() - start >= 1s);
    REQUIRE(seen.notices.find("HTTP 429: too many connection attempts") != std::string::npos);
    REQUIRE(seen.faults == "contest:c1: the server answered HTTP 404: there is no such endpoint\n");
}

TEST_CASE("a stopped session says goodbye with 1000", "[session]") {
    std::uint16_t code = 0;
    scripted::Server server{identity(), {Script{[&](Peer& peer) {
                                peer.send(made::subscribed(kC, 1));
                                code = peer.wait_for_close();
                            }}}};
    Seen seen;
    run(seen, settings_for(server.port()), identity(), [&](Session& session) {
        seen.at_message = [&] { session.stop(); };
    });
    REQUIRE(code == 1000);
    REQUIRE(seen.faults.empty());
}

TEST_CASE("a server that is not there is tried until the session is stopped", "[session]") {
    auto settings = settings_for(1);
    Seen seen;
    int attempts = 0;
    run(seen, settings, identity(), [&](Session& session) {
        seen.at_notice = [&] {
            if (++attempts == 3) session.stop();
        };
    });
    REQUIRE(
        seen.notices.find("connecting to localhost:1: Connection refused") != std::string::npos
    );
}

}  // namespace duel::watch
