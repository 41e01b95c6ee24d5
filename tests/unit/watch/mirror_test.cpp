#include "watch/mirror.hpp"

#include "tests/unit/watch/messages.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using duel::watch::Mirror;
namespace made = duel::watch::made;

namespace {

const std::string kC = "contest:c1";
constexpr auto kBoard = "LEADERBOARD_UPDATED";

std::string row(int rank, const std::string& wallet, const std::string& performance) {
    return fmt::format(
        R"({{"rank":{},"wallet_address":"{}","username":"","performance":{}}})",
        rank,
        wallet,
        performance
    );
}

std::string board(const std::vector<std::string>& rows, const std::string& removed = "") {
    const auto gone = removed.empty() ? "" : fmt::format(R"("removed":[{}],)", removed);
    return fmt::format(
        R"({{"contest_id":"c1",{}"leaderboard":[{}],"timestamp":"T"}})", gone, fmt::join(rows, ",")
    );
}

void take(Mirror& mirror, const std::string& message) {
    REQUIRE_FALSE(mirror.apply(made::read(message)));
}

std::string after(const std::vector<std::string>& messages) {
    Mirror mirror;
    for (const auto& message : messages)
        take(mirror, message);
    return mirror.text();
}

}  // namespace

TEST_CASE("a diff changes, adds and removes whole entries of its snapshot", "[mirror]") {
    const auto snapshot = board({row(1, "a", "3.50"), row(2, "b", "2"), row(3, "c", "1")});
    const auto diff = board({row(1, "d", "9"), row(2, "a", "3.50")}, R"("b")");
    REQUIRE(
        after(
            {made::state(kC, 5, kBoard, snapshot, "snapshot"),
             made::state(kC, 6, kBoard, diff, "diff")}
        ) ==
        after({made::state(
            kC, 6, kBoard, board({row(1, "d", "9"), row(2, "a", "3.50"), row(3, "c", "1")})
        )})
    );
}

TEST_CASE("scalars of a diff replace those of the snapshot", "[mirror]") {
    const auto portfolio = [](const std::string& value, const std::string& tokens) {
        return fmt::format(
            R"({{"tokens":[{}],"total_value":{},"performance_24h":0}})", tokens, value
        );
    };
    const std::string sol = R"({"symbol":"SOL","name":"SOL","amount":1,"value":142.1})";
    const auto text = after(
        {made::state("portfolio", 5, "PORTFOLIO_UPDATED", portfolio("100", sol), "snapshot"),
         made::state("portfolio", 6, "PORTFOLIO_UPDATED", portfolio("101.50", ""), "diff")}
    );
    REQUIRE(
        text == "portfolio PORTFOLIO_UPDATED {\"tokens\":[" + sol +
                    "],\"total_value\":101.50,\"performance_24h\":0}\n"
    );
}

TEST_CASE("a diff before its snapshot is refused and changes nothing", "[mirror]") {
    Mirror mirror;
    const auto wrong = mirror.apply(made::read(made::state(kC, 5, kBoard, board({}), "diff")));
    REQUIRE(wrong == "contest:c1: a diff of LEADERBOARD_UPDATED before its snapshot");
    REQUIRE(mirror.find(kC, kBoard) == nullptr);
}

TEST_CASE("event messages and messages without a channel leave the picture alone", "[mirror]") {
    REQUIRE(after({made::event(kC, 0, 1), R"({"type":"pong"})", made::subscribed(kC, 1)}).empty());
}

TEST_CASE("each interval of market volume is a state of its own", "[mirror]") {
    const auto volume = [](const char* interval, int amount) {
        const auto data = fmt::format(R"({{"interval":"{}","volume":{}}})", interval, amount);
        return made::state("market:SOL", 1, "MARKET_VOLUME", data);
    };
    REQUIRE(
        after({volume("1m", 1), volume("1h", 5), volume("1m", 2)}) ==
        "market:SOL MARKET_VOLUME/1h {\"interval\":\"1h\",\"volume\":5}\n"
        "market:SOL MARKET_VOLUME/1m {\"interval\":\"1m\",\"volume\":2}\n"
    );
}

namespace {

// A ranking as a server keeps it, which can tell it whole and as the difference to what it told.
class Ranking {
public:
    explicit Ranking(std::uint32_t seed) : random_(seed) {}

    void change() {
        const auto wallet = std::string(1, static_cast<char>('a' + random_() % 12));
        if (random_() % 4 == 0) {
            performances_.erase(wallet);
        } else {
            performances_[wallet] = static_cast<int>(random_() % 7) - 3;
        }
    }

    std::string whole() {
        told_ = rows();
        return board(values(told_));
    }

    std::string difference() {
        const auto now = rows();
        std::vector<std::string> changed;
        for (const auto& [wallet, text] : now) {
            if (const auto it = told_.find(wallet); it == told_.end() || it->second != text) {
                changed.push_back(text);
            }
        }
        std::string removed;
        for (const auto& [wallet, text] : told_) {
            if (now.contains(wallet)) continue;
            removed += fmt::format("{}\"{}\"", removed.empty() ? "" : ",", wallet);
        }
        std::shuffle(changed.begin(), changed.end(), random_);
        told_ = now;
        return board(changed, removed);
    }

private:
    using Rows = std::map<std::string, std::string>;

    Rows rows() const {
        Rows ranked;
        for (const auto& [wallet, performance] : performances_) {
            int better = 0;
            for (const auto& other : performances_)
                better += other.second > performance ? 1 : 0;
            ranked[wallet] = row(better + 1, wallet, std::to_string(performance));
        }
        return ranked;
    }

    static std::vector<std::string> values(const Rows& rows) {
        std::vector<std::string> list;
        for (const auto& [wallet, text] : rows)
            list.push_back(text);
        return list;
    }

    std::mt19937 random_;
    std::map<std::string, int> performances_;
    Rows told_;
};

}  // namespace

TEST_CASE("any run of diffs leads to the picture of the complete messages", "[mirror]") {
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        Ranking ranking{seed};
        for (int i = 0; i < 8; ++i)
            ranking.change();
        Mirror by_diffs;
        take(by_diffs, made::state(kC, 1, kBoard, ranking.whole(), "snapshot"));
        for (std::uint64_t seq = 2; seq < 12; ++seq) {
            for (std::uint64_t i = 0; i < seq % 5; ++i)
                ranking.change();
            take(by_diffs, made::state(kC, seq, kBoard, ranking.difference(), "diff"));
            Mirror complete;
            take(complete, made::state(kC, seq, kBoard, ranking.whole()));
            REQUIRE(by_diffs.text() == complete.text());
        }
    }
}
