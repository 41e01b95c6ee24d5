#include "wsserver/settings.hpp"

#include "wsserver/settings_limits.hpp"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace duel::platform {

template <>
struct SettingValue<wsserver::TokenKeyFile> {
    static std::optional<wsserver::TokenKeyFile> read(std::string_view text) {
        return wsserver::token_key_file_of(text);
    }
    static std::string text(const wsserver::TokenKeyFile& file) {
        const bool is_secret = file.kind == wsserver::TokenKeyFile::Kind::secret;
        return file.kid + (is_secret ? ":HS256=" : "=") + file.path;
    }
    static std::string wanted() { return "KID=FILE or KID:HS256=FILE"; }
};

}  // namespace duel::platform

namespace duel::wsserver {
namespace {

using namespace std::chrono_literals;
using platform::at_least;
using platform::between;
using platform::ByteSize;

[[noreturn]] void refuse(const std::string& sentence) {
    std::fprintf(stderr, "duel-wsserver: %s\n", sentence.c_str());
    std::exit(2);  // NOLINT(concurrency-mt-unsafe): before threads
}

void listen_on(const std::string& text, ServerSettings& server) {
    const auto colon = text.rfind(':');
    unsigned port = 65'536;
    if (colon != text.npos) {
        const auto* end = text.data() + text.size();
        const auto [stop, failure] = std::from_chars(text.data() + colon + 1, end, port);
        if (failure != std::errc{} || stop != end) port = 65'536;
    }
    if (port > 65'535 || colon == 0)
        refuse("--listen (DUEL_WSSERVER_LISTEN) is \"" + text + "\"; wanted ADDRESS:PORT");
    server.port = static_cast<std::uint16_t>(port);
    server.address = text.substr(0, colon);
    if (server.address.starts_with('[') && server.address.ends_with(']'))
        server.address = server.address.substr(1, server.address.size() - 2);
}

void add_endpoint(platform::SettingTable& run, ServerSettings& server, Raw& raw) {
    run.add(
        "--listen", "DUEL_WSSERVER_LISTEN", raw.listen, "ADDRESS:PORT", "where clients connect"
    );
    run.add(
        "--share-port",
        "DUEL_WSSERVER_SHARE_PORT",
        server.shares_port,
        "",
        "with other servers on this machine that do: the kernel spreads clients over them"
    );
    run.add("--tls-cert", "DUEL_TLS_CERT", server.certificate, "file", "certificate chain, PEM")
        .required();
    run.add("--tls-key", "DUEL_TLS_KEY", server.key, "file", "its private key, PEM").required();
    run.add(
        "--jwt-key",
        "DUEL_JWT_KEYS",
        server.tokens.keys,
        "KID=FILE",
        "public key of session tokens, PEM: RSA, P-256, Ed25519; KID:HS256=FILE: a secret"
    );
    run.add(
        "--threads",
        "DUEL_WSSERVER_THREADS",
        server.threads,
        "threads",
        "of connections; 0: one per core",
        between(0, 64)
    );
    run.add(
        "--origin",
        "DUEL_WSSERVER_ORIGINS",
        server.origins,
        "origin",
        "allowed beside the server's own host, such as https://example.org"
    );
    run.add(
        "--proxy",
        "DUEL_WSSERVER_PROXIES",
        server.proxies,
        "address or network",
        "whose word counts on which client a connection comes from, such as 10.0.0.0/8"
    );
    run.add(
        "--proxy-protocol",
        "DUEL_WSSERVER_PROXY_PROTOCOL",
        server.proxies_say_first,
        "",
        "those proxies say it in the PROXY protocol before TLS; without, in X-Forwarded-For"
    );
    run.add(
        "--test-endpoints",
        "DUEL_WSSERVER_TEST_ENDPOINTS",
        server.has_test_endpoints,
        "",
        "serve simulated streams and errors on demand under /api/v2/ws/test/"
    );
}

void add_sources(platform::SettingTable& run, HubSettings& hub, Raw& raw) {
    run.add("--postgres", "DUEL_WSSERVER_POSTGRES", hub.questions.postgres, "URL", "the read model")
        .required();
    run.add(
        "--postgres-connections",
        "DUEL_WSSERVER_POSTGRES_CONNECTIONS",
        hub.questions.threads,
        "connections",
        "that read snapshots",
        between(1, 32)
    );
    run.add(
        "--recent-records",
        "DUEL_WSSERVER_RECENT_RECORDS",
        hub.feed.recent_records,
        "records",
        "of each partition of the feed that are read back at the start",
        between(0, 100'000'000)
    );
    run.add(
        "--recent-bytes",
        "DUEL_WSSERVER_RECENT_BYTES",
        raw.recent_bytes,
        "bytes",
        "of recent event messages kept in memory; older ones come from Postgres"
    );
    run.add(
        "--recent-age",
        "DUEL_WSSERVER_RECENT_AGE",
        raw.recent_age,
        "time",
        "that event messages are kept in memory",
        at_least(0ms)
    );
    run.add(
        "--max-feed-lag",
        "DUEL_WSSERVER_MAX_FEED_LAG",
        raw.most_behind,
        "time",
        "that the newest record of the feed may wait; beyond, /readyz is 503",
        at_least(100ms)
    );
    run.add(
        "--max-missed",
        "DUEL_WSSERVER_MAX_MISSED",
        hub.streams.most_missed,
        "messages",
        "that a resume brings; beyond, a snapshot with reason too_old",
        between(0, 10'000'000)
    );
}

void add_secret(platform::SettingTable& table, ProgramSettings& settings) {
    table
        .add(
            "--jwt-secret",
            "DUEL_JWT_SECRET",
            settings.secret,
            "text",
            "HS256 key of session tokens without a kid"
        )
        .is_secret = true;
    table.add(
        "--jwt-issuer",
        "DUEL_JWT_ISSUER",
        settings.parties.issuer,
        "text",
        "iss of session tokens; empty: any"
    );
    table.add(
        "--jwt-audience",
        "DUEL_JWT_AUDIENCE",
        settings.parties.audience,
        "text",
        "one that their aud has to name; empty: any"
    );
}

void add_token(platform::SettingTable& token, ProgramSettings& settings) {
    token.add_argument("WALLET", settings.claims.wallet, "whom it speaks for").required();
    token.add_choice(
        "--role",
        "",
        settings.claims.role,
        "what the wallet may do",
        {{"user", Role::user}, {"admin", Role::admin}}
    );
    token.add("--ttl", "", settings.ttl, "time", "until it expires", at_least(1s));
    token.add("--username", "", settings.claims.username, "name", "put into the token");
    token.add(
        "--key",
        "",
        settings.signing_key,
        "file",
        "private key that signs instead of the secret, PEM"
    );
    token.add("--kid", "", settings.kid, "text", "what servers know its public key as");
}

}  // namespace

Command read_settings(int argc, const char* const* argv, ProgramSettings& settings) {
    Raw raw;
    platform::Settings table{
        "duel-wsserver", "Serves snapshots and live messages to clients over wss."};
    offer(table, settings.hub.kafka);
    settings.http.port = 9103;
    offer(table, settings.http, "DUEL_WSSERVER_METRICS_PORT");
    offer(table, settings.log);
    add_secret(table, settings);

    auto& run = table.command("run", "Serves until it is stopped.");
    add_endpoint(run, settings.server, raw);
    add_sources(run, settings.hub, raw);
    add_limits(run, settings.server, raw);
    add_times(run, settings.server, raw);
    auto& token = table.command("token", "Prints a session token.");
    add_token(token, settings);
    table.parse(argc, argv);

    if (!settings.secret.value.empty() && settings.secret.value.size() < kMinSecretBytes)
        refuse(
            "--jwt-secret (DUEL_JWT_SECRET) has " + std::to_string(settings.secret.value.size()) +
            " bytes; wanted at least " + std::to_string(kMinSecretBytes)
        );
    if (token.chosen()) {
        if (settings.signing_key.empty() && settings.secret.value.empty())
            refuse("--jwt-secret (DUEL_JWT_SECRET) or --key is required: it signs the token");
        if (settings.signing_key.empty() != settings.kid.empty())
            refuse("--key and --kid are wanted together");
        return Command::token;
    }
    if (raw.queue_hard < raw.queue_soft)
        refuse("--queue-hard is below --queue-soft; wanted at least as much");

    listen_on(raw.listen, settings.server);
    try {
        const Proxies checked{settings.server.proxies};
    } catch (const std::invalid_argument& error) {
        refuse(
            std::string{"--proxy (DUEL_WSSERVER_PROXIES) is \""} + error.what() +
            "\"; wanted an address or a network such as 10.0.0.0/8"
        );
    }
    settings.server.tokens.secret = settings.secret.value;
    settings.server.tokens.parties = settings.parties;
    settings.server.message_bytes = raw.message_bytes.bytes;
    settings.server.queue = {raw.queue_soft.bytes, raw.queue_hard.bytes};
    settings.hub.streams.patience = raw.patience;
    settings.hub.feed.most_behind = raw.most_behind;
    settings.hub.streams.most_subscriptions = settings.server.most_subscriptions;
    settings.hub.streams.recent = {raw.recent_bytes.bytes, raw.recent_age};
    settings.hub.questions.count_limit = settings.hub.streams.most_missed;
    return Command::run;
}

}  // namespace duel::wsserver
