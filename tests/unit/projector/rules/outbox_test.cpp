#include "projector/rules/outbox.hpp"

#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

// "contest:c activity #3<2": channel, type, seq and, for events, the seq of the one before; of
// candles the interval, and whether they have closed.
template <class State>
std::string told(const State& state) {
    feed::Decoder decoder;
    std::string all;
    Outbox{"epoch", "contest/0"}.tell(state, [&](std::string_view key, std::string_view record) {
        const feed::Record read = decoder.decode(record).value();
        REQUIRE(read.head.channel == key);
        all += (all.empty() ? "" : "\n") + std::string{key} + ' ' +
               std::string{feed::type_of(read.body)} + " #" + std::to_string(read.head.seq);
        if (read.head.prev_seq) all += '<' + std::to_string(*read.head.prev_seq);
        if (const auto* candle = std::get_if<feed::Volume>(&read.body))
            all += ' ' + candle->interval + (candle->closed ? " closed" : "");
    });
    return all;
}

TEST_CASE(
    "events come in the order of their seq, states after them at the batch's end",
    "[outbox]"
) {
    ContestWorld world;
    world.take(created("c"));
    world.take(joined("c", "w"));
    world.take(started("c"));
    world.take(trade("t1", "c", "w", "buy 1 SOL @10"));
    world.take(trade("t2", "c", "w", "buy 1 SOL @10"));
    finish_batch(world.state);
    REQUIRE(
        told(world.state) ==
        "contest:c activity #2<0\n"
        "portfolio:w/c trade #4<0\n"
        "contest:c activity #4<2\n"
        "portfolio:w/c trade #5<4\n"
        "contest:c activity #5<4\n"
        "contest:c contest #5\n"
        "portfolio:w/c portfolio #5"
    );
}

TEST_CASE("the chain of events goes on over batches", "[outbox]") {
    ContestWorld world = active_contest({"w"});
    world.take(trade("t1", "c", "w", "buy 1 SOL @10"));
    world.commit();
    REQUIRE(told(world.state).empty());
    world.take(trade("t2", "c", "w", "buy 1 SOL @10"));
    REQUIRE(
        told(world.state) ==
        "portfolio:w/c trade #5<4\ncontest:c activity #5<4\nportfolio:w/c portfolio #5"
    );
}

TEST_CASE("a ranking tells changed rows and who is ranked no more", "[outbox]") {
    ContestWorld world = active_contest({"a", "b"});
    rank_in_silence(world.state);
    world.commit();
    world.take(left("c", "a"));
    rank_in_silence(world.state);
    feed::Decoder decoder;
    std::string seen;
    Outbox{"e", "s"}.tell(world.state, [&](std::string_view, std::string_view record) {
        const feed::Record read = decoder.decode(record).value();
        if (const auto* board = std::get_if<feed::Leaderboard>(&read.body))
            seen +=
                "rows " + std::to_string(board->rows.size()) + " removed " + board->removed.at(0);
    });
    REQUIRE(seen == "rows 0 removed a");
}

TEST_CASE("a big ranking travels in parts of 2,000 rows", "[outbox]") {
    std::vector<std::string> wallets;
    for (int i = 0; i < 4'500; ++i)
        wallets.push_back("w" + std::to_string(i));
    ContestWorld world = active_contest(wallets);
    world.commit();
    rank_in_silence(world.state);
    feed::Decoder decoder;
    std::string parts;
    Outbox{"e", "s"}.tell(world.state, [&](std::string_view, std::string_view record) {
        const feed::Record read = decoder.decode(record).value();
        const auto& board = std::get<feed::Leaderboard>(read.body);
        parts += std::to_string(board.rows.size()) + (board.more ? " more, " : " last");
    });
    REQUIRE(parts == "2000 more, 2000 more, 500 last");
}

TEST_CASE("a market tells price, the open candles of all intervals and sentiment", "[outbox]") {
    MarketWorld world;
    world.take(tick("SOL", "10", 0, "1", Side::buy));
    finish_batch(world.state);
    REQUIRE(
        told(world.state) ==
        "market:SOL price #1\n"
        "market:SOL volume #1 1m\n"
        "market:SOL volume #1 5m\n"
        "market:SOL volume #1 15m\n"
        "market:SOL volume #1 1h\n"
        "market:SOL volume #1 4h\n"
        "market:SOL volume #1 1d\n"
        "market:SOL sentiment #1"
    );
}

TEST_CASE("a candle is told once more when it closes, whatever its length", "[outbox]") {
    const auto closed_by = [](double from, double to) {
        MarketWorld world;
        world.log_time = at(to);
        world.take(tick("SOL", "10", from));
        finish_batch(world.state);
        world.commit();
        world.take(tick("ETH", "10", to));
        finish_batch(world.state);
        std::string closed;
        std::istringstream lines{told(world.state)};
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("market:SOL volume #2 ")) closed += line.substr(21) + ", ";
        return closed;
    };
    constexpr double kHour = 3'600;
    REQUIRE(closed_by(0, 59).empty());
    REQUIRE(closed_by(0, 60) == "1m closed, ");
    REQUIRE(closed_by(200, 290) == "1m closed, ");
    REQUIRE(closed_by(200, 300) == "1m closed, 5m closed, ");
    REQUIRE(closed_by(200, kHour) == "1m closed, 5m closed, 15m closed, 1h closed, ");
    REQUIRE(
        closed_by(200, 30 * kHour) ==
        "1m closed, 5m closed, 15m closed, 1h closed, 4h closed, 1d closed, "
    );
}

TEST_CASE("a candle that has closed is not told again a minute later", "[outbox]") {
    MarketWorld world;
    world.log_time = at(360);
    world.take(tick("SOL", "10"));
    world.take(tick("ETH", "10", 300));
    finish_batch(world.state);
    world.commit();
    world.take(tick("ETH", "10", 360));
    finish_batch(world.state);
    REQUIRE(told(world.state).find("market:SOL volume") == std::string::npos);
}

}  // namespace
}  // namespace duel::projector
