#include "projector/rules/outbox.hpp"

#include "tests/unit/projector/rules/world.hpp"

#include <catch2/catch.hpp>

namespace duel::projector {
namespace {

using namespace std::chrono_literals;

// "contest:c activity #3<2": channel, type, seq and, for events, the seq of the one before.
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

TEST_CASE(
    "a market tells price, open candle and sentiment, and a candle once more when it closes",
    "[outbox]"
) {
    MarketWorld world;
    world.take(tick("SOL", "10", 0, "1", Side::buy));
    finish_batch(world.state);
    REQUIRE(
        told(world.state) == "market:SOL price #1\nmarket:SOL volume #1\nmarket:SOL sentiment #1"
    );
    world.commit();
    world.take(tick("ETH", "10", 60));
    finish_batch(world.state);
    REQUIRE(told(world.state) == "market:ETH price #2\nmarket:SOL volume #2\nmarket:ETH volume #2");
}

}  // namespace
}  // namespace duel::projector
