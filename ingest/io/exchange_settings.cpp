#include "ingest/io/exchange_settings.hpp"

#include <algorithm>

namespace duel::ingest {

using platform::at_least;
using platform::between;

std::vector<SourcePlan> SourceSettings::plans() const {
    const auto table = symbol_table_of(symbols);
    if (!table) throw platform::SettingError{"--symbol: " + table.error().sentence()};
    auto planned = plan_sources(sources, *table);
    if (!planned) throw platform::SettingError{"--source: " + planned.error().sentence()};
    return std::move(*planned);
}

PricePolicy::Settings ExchangesSettings::policy_rules() const {
    return {
        .kind = policy, .fresh_for = fresh_for, .most_percent = Amount::from_integer(most_percent)};
}

platform::WssServer ExchangesSettings::server_of(const Exchange& exchange) const {
    std::string_view url = exchange.url;
    for (const std::string_view word : urls)
        if (word.starts_with(exchange.name) && word.substr(exchange.name.size()).starts_with('='))
            url = word.substr(exchange.name.size() + 1);
    auto server = platform::WssServer::parse(url);
    if (const auto* wrong = std::get_if<std::string>(&server))
        throw platform::SettingError{"--exchange-url: " + *wrong};
    return std::get<platform::WssServer>(std::move(server));
}

void offer(platform::SettingTable& table, SourceSettings& source) {
    table
        .add(
            "--source",
            "DUEL_INGEST_SOURCES",
            source.sources,
            "NAME:A,B,…",
            "an exchange and symbols, or markets as it spells them; repeats, the first is preferred"
        )
        .required();
    table.add(
        "--symbol",
        "DUEL_INGEST_SYMBOLS",
        source.symbols,
        "MARKET=SYMBOL",
        "the symbol of a market that is not in dollars, or goes by another name"
    );
    table.add(
        "--clock-tolerance",
        "DUEL_INGEST_CLOCK_TOLERANCE",
        source.ticks.clock_tolerance,
        "time",
        "how far an exchange's clock may be ahead; times beyond that become arrival + this",
        between(std::chrono::milliseconds{0}, std::chrono::milliseconds{50'000})
    );
    table.add(
        "--stale-after",
        "DUEL_INGEST_STALE_AFTER",
        source.ticks.stale_after,
        "time",
        "prices that are older when they arrive are held back",
        at_least(std::chrono::milliseconds{1})
    );
    table.add(
        "--trades-remembered",
        "DUEL_INGEST_TRADES_REMEMBERED",
        source.ticks.trades_remembered,
        "trades",
        "of each exchange, so that one told again is known",
        between(1, 10'000'000)
    );
}

void offer(platform::SettingTable& table, FramesSettings& frames) {
    table.add_argument(
        "FILE",
        frames.path,
        "recorded messages of the one exchange of --source, a line each after its time; "
        "compressed or not, - for standard input"
    );
    offer(table, frames.source);
}

void offer(platform::SettingTable& table, ExchangesSettings& exchanges) {
    offer(table, exchanges.source);
    table.add(
        "--exchange-url",
        "DUEL_INGEST_EXCHANGE_URLS",
        exchanges.urls,
        "NAME=URL",
        "where an exchange is, instead of its usual address"
    );
    table.add(
        "--exchange-ca",
        "DUEL_INGEST_EXCHANGE_CA",
        exchanges.ca_file,
        "file",
        "whose certificates to trust; empty: the system's authorities"
    );
    table.add(
        "--quotes",
        "DUEL_INGEST_QUOTES",
        exchanges.quotes,
        "",
        "best bids and offers and tickers too, as ticks without size"
    );
    table.add(
        "--failures",
        "DUEL_INGEST_FAILURES",
        exchanges.breaker.failures,
        "failures",
        "that open an exchange's breaker",
        between(1, 1'000)
    );
    table.add(
        "--silence",
        "DUEL_INGEST_SILENCE",
        exchanges.breaker.silence,
        "time",
        "without price or heartbeat that opens it",
        at_least(std::chrono::milliseconds{100})
    );
    table.add(
        "--good-messages",
        "DUEL_INGEST_GOOD_MESSAGES",
        exchanges.breaker.good_messages,
        "messages",
        "that close it again, and make failures forgotten",
        between(1, 1'000'000)
    );
    const auto some_wait =
        between(std::chrono::milliseconds{10}, std::chrono::milliseconds{std::chrono::hours{24}});
    table.add(
        "--retry-base",
        "DUEL_INGEST_RETRY_BASE",
        exchanges.breaker.base,
        "time",
        "longest wait before the first new attempt, doubled for each later one",
        some_wait
    );
    table.add(
        "--retry-cap",
        "DUEL_INGEST_RETRY_CAP",
        exchanges.breaker.cap,
        "time",
        "longest wait before any attempt",
        some_wait
    );
    table.add_choice(
        "--price-policy",
        "DUEL_INGEST_PRICE_POLICY",
        exchanges.policy,
        "of several sources of a symbol: the first one that is fresh, or the median of the fresh",
        {{"primary", PricePolicy::Kind::primary}, {"median", PricePolicy::Kind::median}}
    );
    table.add(
        "--fresh-for",
        "DUEL_INGEST_FRESH_FOR",
        exchanges.fresh_for,
        "time",
        "how long what a source told of a symbol counts",
        at_least(std::chrono::milliseconds{1})
    );
    table.add(
        "--most-percent",
        "DUEL_INGEST_MOST_PERCENT",
        exchanges.most_percent,
        "percent",
        "a price that departs further from the other sources' is held back",
        between(1, 1'000)
    );
}

void offer(platform::SettingTable& table, AnnounceSettings& announce) {
    table.add_argument("STATUS", announce.status, "online, maintenance or offline").required();
    table.add_argument("MESSAGE", announce.message, "what every client is told").required();
}

}  // namespace duel::ingest
