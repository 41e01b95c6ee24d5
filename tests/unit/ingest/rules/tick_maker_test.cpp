#include "ingest/rules/tick_maker.hpp"

#include "core/event.hpp"
#include "ingest/rules/recorded_frame.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace duel;
using namespace duel::ingest;
using namespace std::chrono_literals;

namespace {

const Timestamp kNow{1'700'000'000s};

TickMaker maker(std::size_t remembered = 100) {
    return TickMaker{
        "okx",
        {{"BTC-USDT", "BTC"}, {"ETH-USDT", "ETH"}},
        {.clock_tolerance = 5s, .stale_after = 30s, .trades_remembered = remembered}};
}

Observation trade(std::uint64_t id, std::int64_t price = 100, Timestamp at = kNow) {
    Observation seen;
    seen.market = "BTC-USDT";
    seen.price = Amount::from_integer(price);
    seen.size = Amount::from_integer(2);
    seen.side = Side::sell;
    seen.trade_id = id;
    seen.at = at;
    return seen;
}

Observation quote(std::int64_t price) {
    auto seen = trade(0, price);
    seen.size.reset();
    seen.side.reset();
    seen.trade_id.reset();
    return seen;
}

Observation past(std::uint64_t id) {
    auto seen = trade(id, 100, kNow - 1h);
    seen.is_past = true;
    return seen;
}

// "BTC 100 x 2 sell #1 okx", or what became of it.
std::string made(TickMaker& ticks, const Observation& seen, Timestamp arrival = kNow) {
    Price tick;
    switch (ticks.make(seen, arrival, tick)) {
        case TickMaker::Verdict::known:
            return "known";
        case TickMaker::Verdict::stale:
            return "stale";
        case TickMaker::Verdict::stranger:
            return "stranger";
        case TickMaker::Verdict::tick:
            break;
    }
    auto text = fmt::format("{} {}", tick.symbol, tick.price.text());
    if (tick.size) text += " x " + tick.size->text();
    if (tick.side) text += fmt::format(" {}", duel::text(*tick.side));
    if (tick.tick_id) text += " #" + *tick.tick_id;
    return text + " " + tick.source.value();
}

}  // namespace

TEST_CASE("a trade becomes a tick once, however often it is told", "[ticks]") {
    auto ticks = maker();
    REQUIRE(made(ticks, trade(1)) == "BTC 100 x 2 sell #1 okx");
    REQUIRE(made(ticks, trade(1)) == "known");
    ticks.reconnected();
    REQUIRE(made(ticks, trade(1)) == "known");
    auto other = trade(1);
    other.market = "ETH-USDT";
    REQUIRE(made(ticks, other) == "ETH 100 x 2 sell #1 okx");
    REQUIRE(ticks.counts().repeated == 2);
}

TEST_CASE("the memory of trades is bounded, the oldest go first", "[ticks]") {
    auto ticks = maker(3);
    for (std::uint64_t id = 1; id <= 4; ++id)
        made(ticks, trade(id));
    REQUIRE(made(ticks, trade(2)) == "known");
    REQUIRE(made(ticks, trade(4)) == "known");
    REQUIRE(made(ticks, trade(1)) != "known");
}

TEST_CASE("gaps in the ids of a market are counted, late trades are none", "[ticks]") {
    auto ticks = maker();
    for (const std::uint64_t id : {10, 11, 14, 13})
        made(ticks, trade(id));
    REQUIRE(ticks.counts().missed == 2);
    auto joined = trade(20);
    joined.ids = 5;
    made(ticks, joined);
    REQUIRE(ticks.counts().missed == 3);
    auto unordered = trade(1'000);
    unordered.ids = 0;
    made(ticks, unordered);
    REQUIRE(ticks.counts().missed == 3);
}

TEST_CASE("gaps in the numbers of a connection are counted", "[ticks]") {
    auto ticks = maker();
    for (const std::uint64_t number : {0, 1, 4})
        ticks.on_number(number);
    REQUIRE(ticks.counts().missed == 2);
    ticks.reconnected();
    ticks.on_number(0);
    ticks.on_number(1);
    REQUIRE(ticks.counts().missed == 2);
}

TEST_CASE("trades without ids are known by their time after a reconnect", "[ticks]") {
    auto ticks = maker();
    auto seen = trade(0);
    seen.trade_id.reset();
    REQUIRE(made(ticks, seen) == "BTC 100 x 2 sell okx");
    REQUIRE(made(ticks, seen) == "BTC 100 x 2 sell okx");
    ticks.reconnected();
    REQUIRE(made(ticks, seen) == "known");
    seen.at = kNow + 1us;
    REQUIRE(made(ticks, seen) == "BTC 100 x 2 sell okx");
}

TEST_CASE("a quote at the latest price says nothing new", "[ticks]") {
    auto ticks = maker();
    made(ticks, trade(1));
    REQUIRE(made(ticks, quote(100)) == "known");
    REQUIRE(made(ticks, quote(101)) == "BTC 101 okx");
    REQUIRE(made(ticks, quote(100)) == "BTC 100 okx");
    auto ticker = quote(90);
    ticker.trade_id = 1;
    REQUIRE(made(ticks, ticker) == "known");
    REQUIRE(ticks.counts().unchanged == 2);
}

TEST_CASE("the past counts as volume only where it fills a hole", "[ticks]") {
    auto ticks = maker();
    REQUIRE(made(ticks, past(1)) == "BTC 100 #1 okx");
    REQUIRE(made(ticks, past(2)) == "BTC 100 #2 okx");
    REQUIRE(made(ticks, trade(3)) == "BTC 100 x 2 sell #3 okx");
    ticks.reconnected();
    REQUIRE(made(ticks, past(3)) == "known");
    REQUIRE(made(ticks, past(4)) == "BTC 100 x 2 sell #4 okx");
}

TEST_CASE("a time beyond the tolerance becomes arrival and tolerance", "[ticks]") {
    auto ticks = maker();
    Price tick;
    ticks.make(trade(1, 100, kNow + 5s), kNow, tick);
    REQUIRE(tick.timestamp == kNow + 5s);
    REQUIRE(ticks.counts().clamped == 0);
    ticks.make(trade(2, 100, kNow + 1h), kNow, tick);
    REQUIRE(tick.timestamp == kNow + 5s);
    REQUIRE(ticks.counts().clamped == 1);
    REQUIRE(ticks.delay() == -1h);
    auto timeless = quote(7);
    timeless.at.reset();
    ticks.make(timeless, kNow, tick);
    REQUIRE(tick.timestamp == kNow);
}

TEST_CASE("live prices that are too old, and strange markets, are held back", "[ticks]") {
    auto ticks = maker();
    REQUIRE(made(ticks, trade(1), kNow + 30s) == "BTC 100 x 2 sell #1 okx");
    REQUIRE(made(ticks, trade(2), kNow + 31s) == "stale");
    auto stranger = trade(3);
    stranger.market = "SOL-USDT";
    REQUIRE(made(ticks, stranger) == "stranger");
    REQUIRE(ticks.counts().stale == 1);
    REQUIRE(ticks.counts().strangers == 1);
}

TEST_CASE("how a market stood when a connection began may be old", "[ticks]") {
    auto ticks = maker();
    const auto stood = kNow + 1h;
    REQUIRE(made(ticks, quote(90), stood) == "BTC 90 okx");
    REQUIRE(made(ticks, quote(91), stood) == "stale");
    auto told = quote(92);
    told.at = stood;
    REQUIRE(made(ticks, told, stood) == "BTC 92 okx");
    ticks.reconnected();
    REQUIRE(made(ticks, quote(93), stood) == "BTC 93 okx");
    REQUIRE(made(ticks, quote(93), stood) == "known");
    REQUIRE(ticks.counts().stale == 1);
}

TEST_CASE("a price that was held back is a tick again when it is repeated", "[ticks]") {
    auto ticks = maker();
    REQUIRE(made(ticks, quote(150)) == "BTC 150 okx");
    REQUIRE(ticks.hold_back(quote(150)));
    REQUIRE(made(ticks, quote(150)) == "BTC 150 okx");
    REQUIRE(!ticks.hold_back(quote(150)));
    REQUIRE(made(ticks, quote(100)) == "BTC 100 okx");
    REQUIRE(made(ticks, quote(100)) == "known");
    REQUIRE(made(ticks, quote(150)) == "BTC 150 okx");
    REQUIRE(ticks.hold_back(quote(150)));
}

TEST_CASE("ids that jump are a row of their own, not a gap", "[ticks]") {
    auto ticks = maker();
    for (const std::uint64_t id :
         {std::uint64_t{10}, UINT64_MAX, std::uint64_t{11}, std::uint64_t{13}})
        made(ticks, trade(id));
    REQUIRE(ticks.counts().missed == 1);
}

TEST_CASE("recorded messages are read in both forms", "[ticks]") {
    const auto text_of = [](std::string_view line) -> std::string {
        const auto frame = parse_recorded_frame(line);
        if (!frame) return "none";
        const char* kinds[] = {"received", "sent", "connected"};
        return fmt::format(
            "{} {} {}", kinds[static_cast<int>(frame->kind)], text(frame->at), frame->message
        );
    };
    REQUIRE(
        text_of(R"(1618677817.061845: {"a":1})") ==
        R"(received 2021-04-17T16:43:37.061845Z {"a":1})"
    );
    REQUIRE(
        text_of(R"(wss://x <- 1618677817.020616: {})") == "sent 2021-04-17T16:43:37.020616Z {}"
    );
    REQUIRE(text_of("wss://x <-> 1618677816.8434298") == "connected 2021-04-17T16:43:36.843429Z ");
    REQUIRE(text_of("1680652800004107 {}") == "received 2023-04-05T00:00:00.004107Z {}");
    REQUIRE(text_of("1723161253937085768 {}") == "received 2024-08-08T23:54:13.937085Z {}");
    for (const char* line :
         {"", "x", "12 {}", "wss://x -> 1: {}", "1.x: {}", "168065280000410x {}"})
        REQUIRE(text_of(line) == "none");
}
