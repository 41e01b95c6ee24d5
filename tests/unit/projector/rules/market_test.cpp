#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

// "1 2 0.5 1.5 vol 3 (2+1) n 2 rev 0": open high low close, volume, trades, revision.
std::string candle(MarketWorld& world, Interval interval, double opened) {
    const CandleRow* row = world.state.book.find("SOL")->find(interval, at(opened));
    if (row == nullptr) return "none";
    return row->open.text() + ' ' + row->high.text() + ' ' + row->low.text() + ' ' +
           row->close.text() + " vol " + row->volume.text() + " (" + row->buy_volume.text() + '+' +
           row->sell_volume.text() + ") n " + std::to_string(row->trades_count) + " rev " +
           std::to_string(row->revision);
}

std::string price(MarketWorld& world) {
    finish_batch(world.state);
    const PriceRow& row = world.state.book.find("SOL")->price;
    return row.price.text() + " change " + show(row.change_24h) + " vol " + show(row.volume_24h) +
           " high " + show(row.high_24h) + " low " + show(row.low_24h);
}

std::string mood(MarketWorld& world) {
    finish_batch(world.state);
    const SentimentRow& row = world.state.book.find("SOL")->sentiment;
    return row.sentiment_score.text() + ' ' + row.buy_pressure.text() + ' ' +
           row.sell_pressure.text() + ' ' + std::string{text(row.volume_trend)};
}

// Takes a tick whose record is as old as the tick.
void take(MarketWorld& world, const Price& event) {
    world.log_time = std::max(world.log_time, event.timestamp);
    REQUIRE(world.take(event) == "applied");
}

constexpr double kDay = 86'400;

TEST_CASE("a candle opens at the first tick by time and closes at the last", "[candles]") {
    MarketWorld world;
    take(world, tick("SOL", "10", 20, "1", Side::buy));
    take(world, tick("SOL", "12", 40, "2", Side::sell));
    take(world, tick("SOL", "9", 10, "4"));
    take(world, tick("SOL", "11", 30));
    REQUIRE(candle(world, Interval::m1, 0) == "9 12 9 12 vol 7 (1+2) n 3 rev 0");
    REQUIRE(candle(world, Interval::d1, 0) == "9 12 9 12 vol 7 (1+2) n 3 rev 0");
}

TEST_CASE("of ticks at the same time the earlier opens and the later closes", "[candles]") {
    MarketWorld world;
    take(world, tick("SOL", "1", 5));
    take(world, tick("SOL", "2", 5));
    take(world, tick("SOL", "3", 5));
    REQUIRE(candle(world, Interval::m1, 0) == "1 3 1 3 vol 0 (0+0) n 0 rev 0");
}

TEST_CASE("a late tick corrects the candle where it belongs", "[candles]") {
    MarketWorld world;
    take(world, tick("SOL", "10", 30));
    take(world, tick("SOL", "20", 90));
    take(world, tick("SOL", "5", 40, "3", Side::buy));
    REQUIRE(candle(world, Interval::m1, 0) == "10 10 5 5 vol 3 (3+0) n 1 rev 1");
    REQUIRE(candle(world, Interval::m1, 60) == "20 20 20 20 vol 0 (0+0) n 0 rev 0");
    REQUIRE(candle(world, Interval::m5, 0) == "10 20 5 20 vol 3 (3+0) n 1 rev 0");
}

TEST_CASE("a tick older than the window asks for its candles", "[candles]") {
    MarketWorld world;
    take(world, tick("SOL", "10", 0));
    take(world, tick("SOL", "20", 3 * kDay));
    world.commit();
    const Verdict verdict = foresee(world.state, {}, Result<Event>{tick("SOL", "5", 30)});
    REQUIRE(verdict.outcome == Outcome::asks);
    REQUIRE(verdict.question->kind == Question::Kind::candles);
    REQUIRE(verdict.question->at == at(0));
}

TEST_CASE("a size that takes a candle to 10^20 is refused", "[candles]") {
    MarketWorld world;
    take(world, tick("SOL", "10", 0, "60000000000000000000"));
    REQUIRE(world.take(tick("SOL", "10", 1, "60000000000000000000")) == "INVALID_FIELD");
    REQUIRE(
        candle(world, Interval::m1, 0) == "10 10 10 10 vol 60000000000000000000 (0+0) n 1 rev 0"
    );
}

TEST_CASE("24 hours are the current minute and the 1,440 before it", "[prices]") {
    MarketWorld world;
    take(world, tick("SOL", "100", 0, "1"));
    take(world, tick("SOL", "50", 60, "2"));
    REQUIRE(price(world) == "50 change -50 vol 3 high 100 low 50");
    take(world, tick("SOL", "60", kDay, "4"));
    REQUIRE(price(world) == "60 change -40 vol 7 high 100 low 50");
    take(world, tick("SOL", "60", kDay + 60, "4"));
    REQUIRE(price(world) == "60 change -40 vol 10 high 60 low 50");
    take(world, tick("SOL", "60", kDay + 120));
    REQUIRE(price(world) == "60 change 20 vol 8 high 60 low 60");
}

TEST_CASE("minutes that pass change the statistics of silent symbols too", "[prices]") {
    MarketWorld world;
    take(world, tick("SOL", "100", 0, "1"));
    take(world, tick("ETH", "7", 2 * kDay));
    REQUIRE(price(world) == "100 change 0 vol 0 high - low -");
}

TEST_CASE("a late tick moves no price but the statistics of its time", "[prices]") {
    MarketWorld world;
    take(world, tick("SOL", "100", 100));
    take(world, tick("SOL", "70", 50, "3"));
    REQUIRE(price(world) == "100 change 42.857142857142857143 vol 3 high 100 low 70");
}

TEST_CASE("a late tick before the window can become what the change compares with", "[prices]") {
    MarketWorld world;
    take(world, tick("SOL", "100", 2 * kDay));
    take(world, tick("SOL", "80", 100));
    REQUIRE(price(world) == "100 change 25 vol 0 high 100 low 100");
    take(world, tick("SOL", "50", 99));
    REQUIRE(price(world) == "100 change 25 vol 0 high 100 low 100");
}

TEST_CASE("sentiment weighs the sides of the last 60 minutes", "[sentiment]") {
    MarketWorld world;
    take(world, tick("SOL", "1", 0, "3", Side::buy));
    take(world, tick("SOL", "1", 1, "1", Side::sell));
    take(world, tick("SOL", "1", 2, "9"));
    REQUIRE(mood(world) == "0.5 0.75 0.25 increasing");
    take(world, tick("SOL", "1", 3'599));
    REQUIRE(mood(world) == "0.5 0.75 0.25 decreasing");
    take(world, tick("SOL", "1", 3'600));
    REQUIRE(mood(world) == "0 0 0 decreasing");
    take(world, tick("SOL", "1", 75 * 60));
    REQUIRE(mood(world) == "0 0 0 stable");
}

TEST_CASE("the trend is stable within a tenth", "[sentiment]") {
    MarketWorld world;
    take(world, tick("SOL", "1", 0, "40"));
    take(world, tick("SOL", "1", 3'600, "11"));
    REQUIRE(mood(world) == "0 0 0 stable");
    take(world, tick("SOL", "1", 3'600, "0.000000000000000001"));
    REQUIRE(mood(world) == "0 0 0 increasing");
}

TEST_CASE("the later token in the log counts", "[tokens]") {
    MarketWorld world;
    Token token{
        .symbol = "SOL",
        .name = "Solana",
        .decimals = 9,
        .image_url = {},
        .supply = amount("5"),
        .timestamp = at(50)};
    REQUIRE(world.take(token) == "applied");
    token.name = "Sol";
    token.supply.reset();
    token.timestamp = at(0);
    REQUIRE(world.take(token) == "applied");
    world.commit();
    REQUIRE(world.rows("tokens") == "9 Sol - - #2");
}

}  // namespace
}  // namespace duel::projector
