#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace theatre;
using namespace std::chrono_literals;

namespace {

feed::Leaderboard
ranking(std::vector<feed::LeaderboardRow> rows, std::vector<std::string> removed = {}) {
    return {"c1", kWall, std::move(rows), std::move(removed), false};
}

// What a client that applies snapshots and diffs holds: wallet → rank, as text.
class Screen {
public:
    void take(const std::vector<std::string>& messages) {
        for (const auto& text : messages) {
            if (text.find("LEADERBOARD_UPDATED") == text.npos) continue;
            if (text.find(R"("mode":"snapshot")") != text.npos) rows_.clear();
            const auto removed = text.find(R"("removed":[)");
            for (auto at = text.find(R"("rank":)"); at != text.npos;
                 at = text.find(R"("rank":)", at + 1)) {
                const auto rank = text.substr(at + 7, text.find(',', at) - at - 7);
                const auto wallet = text.find(R"("wallet_address":")", at) + 18;
                rows_[text.substr(wallet, text.find('"', wallet) - wallet)] = rank;
            }
            if (removed == text.npos) continue;
            const auto end = text.find(']', removed);
            for (auto at = text.find('"', removed + 11); at < end; at = text.find('"', at + 1)) {
                const auto close = text.find('"', at + 1);
                rows_.erase(text.substr(at + 1, close - at - 1));
                at = close;
            }
        }
    }
    std::string text() const {
        std::string out;
        for (const auto& [wallet, rank] : rows_)
            out.append(wallet).append(":").append(rank).append(" ");
        return out;
    }

private:
    std::map<std::string, std::string> rows_;
};

}  // namespace

TEST_CASE(
    "contest and leaderboard share two messages a second, and neither starves",
    "[conflation]"
) {
    Theatre stage;
    stage.follow(1, kContest);
    stage.answer(kContest, contest_snapshot(1, {}));
    stage.pass(1s);
    stage.messages(1);
    std::string types;
    for (std::uint64_t seq = 2; seq <= 41; ++seq) {
        stage.state(kContest, seq, contest());
        stage.state(kContest, seq, ranking({ranked(1, "w1")}));
        stage.pass(100ms);
        for (const auto& text : stage.messages(1))
            types += text.find("CONTEST_UPDATED") != text.npos ? 'C' : 'L';
    }
    REQUIRE(types == "CLCLCLCLC");
}

TEST_CASE("event messages are never conflated", "[conflation]") {
    Theatre stage;
    stage.follow(1, kPortfolio);
    stage.answer(kPortfolio, portfolio_snapshot(1, 0));
    stage.messages(1);
    for (std::uint64_t seq = 2; seq <= 101; ++seq)
        stage.event(kPortfolio, seq, seq == 2 ? 0 : seq - 1, trade("t"));
    REQUIRE(stage.messages(1).size() == 100);
}

TEST_CASE(
    "a client that reads too slowly gets events only, then the newest state",
    "[conflation]"
) {
    Theatre stage;
    stage.follow(1, kContest);
    stage.follow(2, kContest, {.diff = true});
    stage.answer(kContest, contest_snapshot(1, {ranked(1, "w1")}));
    stage.pass(1s);
    stage.messages(1);
    stage.messages(2);
    stage.board.congested(1);
    stage.board.congested(2);
    for (std::uint64_t seq = 2; seq <= 11; ++seq) {
        stage.state(kContest, seq, ranking({ranked(1, "w" + std::to_string(seq))}));
        stage.pass(1s);
    }
    stage.event(
        kContest, 12, 0, feed::Activity{"c1", "w1", "", ActivityType::leave, {}, {}, {}, {}, kWall}
    );
    REQUIRE(stage.outline(1) == "PARTICIPANT_ACTIVITY:12");
    REQUIRE(stage.outline(2) == "PARTICIPANT_ACTIVITY:12");
    stage.board.drained(1, stage.now());
    stage.board.drained(2, stage.now());
    stage.settle();
    REQUIRE(stage.outline(1) == "CONTEST_UPDATED:12 LEADERBOARD_UPDATED:12");
    REQUIRE_THAT(stage.seen(2), Catch::Contains(R"("mode":"snapshot")"));
    REQUIRE(stage.counts.withheld == 2);
}

TEST_CASE("a difference has only what changed, and one's own row is always there", "[conflation]") {
    Theatre stage;
    stage.follow(1, kContest, {.diff = true, .top = 2, .viewer = "w4"});
    stage.follow(2, kContest, {.top = 2, .viewer = "w4"});
    stage.answer(
        kContest,
        contest_snapshot(1, {ranked(1, "w1"), ranked(2, "w2"), ranked(3, "w3"), ranked(4, "w4")})
    );
    Screen board;
    board.take(stage.messages(1));
    REQUIRE(board.text() == "w1:1 w2:2 w4:4 ");
    stage.pass(1s);
    stage.messages(2);
    stage.state(kContest, 2, ranking({ranked(1, "w3"), ranked(2, "w1"), ranked(3, "w2")}));
    const auto text = stage.messages(1).back();
    REQUIRE_THAT(text, Catch::Contains(R"("removed":["w2"])") && !Catch::Contains("name of w4"));
    board.take({text});
    REQUIRE(board.text() == "w1:2 w3:1 w4:4 ");
    board = {};
    board.take(stage.messages(2));
    REQUIRE(board.text() == "w1:2 w3:1 w4:4 ");
}

// Ten thousand random rankings; clients with snapshots and differences hold what a whole message
// shows.
TEST_CASE("snapshot and differences always add up to the whole leaderboard", "[conflation]") {
    std::mt19937 random{11};
    for (int story = 0; story < 40; ++story) {
        Theatre stage;
        stage.follow(1, kContest, {.diff = true, .top = 4, .viewer = "w7"});
        stage.answer(kContest, contest_snapshot(1, {}));
        std::map<ConnectionId, Screen> boards;
        std::map<std::string, feed::LeaderboardRow> rows;
        ConnectionId newest = 1;
        for (std::uint64_t seq = 2; seq <= 60; ++seq) {
            feed::Leaderboard change = ranking({});
            for (int i = 0; i < 3; ++i) {
                const auto wallet = "w" + std::to_string(random() % 10);
                if (random() % 4 == 0) {
                    if (rows.erase(wallet) > 0) change.removed.push_back(wallet);
                    std::erase_if(change.rows, [&](const auto& row) {
                        return row.wallet_address == wallet;
                    });
                } else {
                    std::erase(change.removed, wallet);
                    rows[wallet] = ranked(0, wallet);
                }
            }
            std::vector<std::string> order;
            order.reserve(rows.size());
            for (const auto& [wallet, row] : rows)
                order.push_back(wallet);
            std::shuffle(order.begin(), order.end(), random);
            std::int64_t rank = 0;
            for (std::size_t i = 0; i < order.size(); ++i) {
                if (i == 0 || random() % 3 != 0) rank = static_cast<std::int64_t>(i + 1);
                auto& row = rows[order[i]];
                if (row.rank == rank) continue;
                row = ranked(rank, order[i]);
                change.rows.push_back(row);
            }
            stage.state(kContest, seq, change);
            stage.pass(std::chrono::milliseconds{random() % 400});
            if (random() % 5 == 0) {
                ++newest;
                stage.follow(
                    newest,
                    kContest,
                    {.diff = true, .top = 4, .viewer = newest % 2 == 0 ? "w3" : ""}
                );
            }
        }
        stage.pass(1s);
        for (ConnectionId who = 1; who <= newest; ++who) {
            boards[who].take(stage.messages(who));
            const auto viewer = who == 1 ? "w7" : who % 2 == 0 ? "w3" : "";
            const auto other = who + 1'000;
            stage.follow(other, kContest, {.top = 4, .viewer = viewer});
            boards[other].take(stage.messages(other));
            REQUIRE(boards[who].text() == boards[other].text());
        }
    }
}

TEST_CASE(
    "a portfolio's differences have the tokens that changed, and those that are gone",
    "[conflation]"
) {
    Theatre stage;
    stage.follow(1, kPortfolio, {.diff = true});
    auto snapshot = portfolio_snapshot(1, 0);
    std::get<PortfolioRows>(*snapshot.rows)
        .portfolio.positions.push_back({"BTC", amount("1"), amount("10"), amount("10")});
    stage.answer(kPortfolio, snapshot);
    REQUIRE_THAT(stage.seen(1), Catch::Contains(R"("type":"PORTFOLIO_UPDATED","mode":"snapshot")"));
    stage.pass(2s);
    feed::Portfolio portfolio{"w1", "c1", amount("800"), amount("1000"), {}, {}, {}, {}};
    portfolio.positions = {
        {"BTC", {}, {}, amount("10")}, {"ETH", amount("3"), amount("3"), amount("1")}};
    stage.state(kPortfolio, 5, portfolio);
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"PORTFOLIO_UPDATED","mode":"diff","channel":"portfolio:c1","seq":5,"data":{"tokens":[{"symbol":"ETH","name":"ETH","amount":3,"value":3},{"symbol":"SOL","name":"Solana","amount":2,"value":202}],"removed":["BTC"],"total_value":1005,"performance_24h":0.5},"timestamp":"2025-11-13T19:00:02Z"}
)"
    );
}

TEST_CASE("who was shown what has changed back gets that in the next difference", "[conflation]") {
    Theatre stage;
    const auto hold = [&](std::uint64_t seq, const char* mark) {
        feed::Portfolio portfolio{"w1", "c1", amount("800"), amount("1000"), {}, {}, {}, {}};
        portfolio.positions = {{"ETH", amount("3"), amount("3"), amount(mark)}};
        stage.state(kPortfolio, seq, portfolio);
    };
    stage.follow(1, kPortfolio, {.diff = true});
    stage.answer(kPortfolio, portfolio_snapshot(1, 0));
    stage.pass(2s);
    hold(5, "1");
    REQUIRE_THAT(
        stage.seen(1), Catch::Contains(R"("symbol":"ETH","name":"ETH","amount":3,"value":3})")
    );
    hold(6, "2");
    stage.follow(2, kPortfolio, {.diff = true});
    REQUIRE_THAT(
        stage.seen(2), Catch::Contains(R"("symbol":"ETH","name":"ETH","amount":3,"value":6})")
    );
    hold(7, "1");
    stage.pass(2s);
    REQUIRE_THAT(
        stage.seen(2), Catch::Contains(R"("symbol":"ETH","name":"ETH","amount":3,"value":3})")
    );
}
