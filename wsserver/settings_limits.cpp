#include "wsserver/settings_limits.hpp"

namespace duel::wsserver {

using namespace std::chrono_literals;
using platform::between;
using platform::ByteSize;

void add_limits(platform::SettingTable& run, ServerSettings& server, Raw& raw) {
    run.add(
        "--max-connections",
        "DUEL_WSSERVER_MAX_CONNECTIONS",
        server.most_connections,
        "connections",
        "of this instance",
        between(1, 1'000'000)
    );
    run.add(
        "--max-per-user",
        "DUEL_WSSERVER_MAX_PER_USER",
        server.most_per_user,
        "connections",
        "of one wallet; beyond, the one that was idle for longest goes",
        between(1, 1'000'000)
    );
    run.add(
        "--attempts-per-minute",
        "DUEL_WSSERVER_ATTEMPTS_PER_MINUTE",
        server.attempts_per_path,
        "attempts",
        "to connect, of a wallet (without a token: an IP) on one path; 0: any number",
        between(0, 1'000'000)
    );
    run.add(
        "--attempts-per-minute-ip",
        "DUEL_WSSERVER_ATTEMPTS_PER_MINUTE_IP",
        server.attempts_per_ip,
        "attempts",
        "to connect, of an IP over all paths; 0: any number",
        between(0, 1'000'000)
    );
    run.add(
        "--max-subscriptions",
        "DUEL_WSSERVER_MAX_SUBSCRIPTIONS",
        server.most_subscriptions,
        "channels",
        "of one connection",
        between(1, 10'000)
    );
    run.add(
        "--messages-per-second",
        "DUEL_WSSERVER_MESSAGES_PER_SECOND",
        server.messages_per_second,
        "messages",
        "that one client may send; twice that at once",
        between(1.0, 100'000.0)
    );
    run.add(
        "--message-bytes",
        "DUEL_WSSERVER_MESSAGE_BYTES",
        raw.message_bytes,
        "bytes",
        "of one message from a client",
        between(ByteSize{1'024}, ByteSize{std::uint64_t{16} << 20})
    );
    run.add(
        "--queue-soft",
        "DUEL_WSSERVER_QUEUE_SOFT",
        raw.queue_soft,
        "bytes",
        "waiting for one client above which it gets event messages only"
    );
    run.add(
        "--queue-hard",
        "DUEL_WSSERVER_QUEUE_HARD",
        raw.queue_hard,
        "bytes",
        "waiting for one client above which it is closed with 4408"
    );
}

void add_times(platform::SettingTable& run, ServerSettings& server, Raw& raw) {
    const auto some_time = between(10ms, 600'000ms);
    run.add(
        "--handshake-deadline",
        "DUEL_WSSERVER_HANDSHAKE_DEADLINE",
        server.handshake_deadline,
        "time",
        "for the TLS handshake",
        some_time
    );
    run.add(
        "--upgrade-deadline",
        "DUEL_WSSERVER_UPGRADE_DEADLINE",
        server.upgrade_deadline,
        "time",
        "for the request after it",
        some_time
    );
    run.add(
        "--authentication-deadline",
        "DUEL_WSSERVER_AUTHENTICATION_DEADLINE",
        server.authentication_deadline,
        "time",
        "for a token to come by message, where it may",
        some_time
    );
    run.add(
        "--close-deadline",
        "DUEL_WSSERVER_CLOSE_DEADLINE",
        server.close_deadline,
        "time",
        "for a client to answer a close",
        some_time
    );
    run.add(
        "--write-deadline",
        "DUEL_WSSERVER_WRITE_DEADLINE",
        server.write_deadline,
        "time",
        "that one write may wait for a client to read; then 4408",
        some_time
    );
    run.add(
        "--heartbeat",
        "DUEL_WSSERVER_HEARTBEAT",
        server.heartbeat,
        "time",
        "after which clients ping; three without a frame close a connection with 1001",
        some_time
    );
    run.add(
        "--market-heartbeat",
        "DUEL_WSSERVER_MARKET_HEARTBEAT",
        server.market_heartbeat,
        "time",
        "the same where prices are followed",
        some_time
    );
    run.add(
        "--drain",
        "DUEL_WSSERVER_DRAIN",
        server.drain,
        "time",
        "over which clients are closed at the end",
        between(0ms, 600'000ms)
    );
    run.add(
        "--retry-after",
        "DUEL_WSSERVER_RETRY_AFTER",
        server.retry_after,
        "time",
        "that clients are told to wait before they come back",
        between(0ms, 600'000ms)
    );
    run.add(
        "--patience",
        "DUEL_WSSERVER_PATIENCE",
        raw.patience,
        "time",
        "that a new subscriber waits for Postgres; then 1013",
        some_time
    );
}

}  // namespace duel::wsserver
