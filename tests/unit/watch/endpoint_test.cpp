#include "watch/endpoint.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <variant>
#include <vector>

namespace duel::watch {

namespace {

std::string server(std::string_view url) {
    const auto parsed = Server::parse(url);
    if (const auto* sentence = std::get_if<std::string>(&parsed)) return *sentence;
    const auto& server = std::get<Server>(parsed);
    return server.host + " " + std::to_string(server.port) + " " + server.path;
}

std::string targets(
    const std::vector<std::string>& channels,
    const Wishes& wishes = {},
    const std::vector<std::string>& since = {}
) {
    const auto parsed = endpoints_of(channels);
    if (const auto* sentence = std::get_if<std::string>(&parsed)) return *sentence;
    std::string out;
    for (const auto& endpoint : std::get<std::vector<Endpoint>>(parsed)) {
        out += (out.empty() ? "" : "\n") + endpoint.target(wishes, since);
    }
    return out;
}

}  // namespace

TEST_CASE("addresses of the server", "[endpoint]") {
    REQUIRE(server("wss://localhost:21003") == "localhost 21003 ");
    REQUIRE(server("wss://duel.example") == "duel.example 443 ");
    REQUIRE(server("wss://duel.example/ws/") == "duel.example 443 /ws");
    REQUIRE(server("wss://[::1]:8443") == "::1 8443 ");
    REQUIRE(std::get<Server>(Server::parse("wss://[::1]:8443")).authority() == "[::1]:8443");
}

TEST_CASE("addresses that are none are refused with what is wanted", "[endpoint]") {
    REQUIRE(
        server("ws://localhost") ==
        "\"ws://localhost\" is no address of the server: wss://HOST:PORT is wanted"
    );
    REQUIRE(server("wss://") == "\"wss://\" names no host");
    for (const auto* port : {"0", "65536", "x", "80x", ""}) {
        const auto url = std::string{"wss://localhost:"} + port;
        REQUIRE(server(url) == "\"" + url + "\" has no port from 1 to 65535 after its host");
    }
}

TEST_CASE("each channel has its endpoint, markets share one", "[endpoint]") {
    REQUIRE(
        targets({"market:SOL", "contest:c1", "portfolio", "market:BTC", "portfolio:c1"}) ==
        "/api/v2/ws/market?symbols=SOL,BTC\n"
        "/api/v2/ws/contest/c1\n"
        "/api/v2/ws/portfolio\n"
        "/api/v2/ws/portfolio?contest_id=c1"
    );
}

TEST_CASE("ids are percent-encoded in paths and queries", "[endpoint]") {
    REQUIRE(targets({"contest:a b/ü?"}) == "/api/v2/ws/contest/a%20b%2F%C3%BC%3F");
    REQUIRE(targets({"portfolio:x&y"}) == "/api/v2/ws/portfolio?contest_id=x%26y");
    REQUIRE(targets({"market:A+B"}) == "/api/v2/ws/market?symbols=A%2BB");
}

TEST_CASE("wishes and cursors become the query", "[endpoint]") {
    Wishes wishes;
    wishes.diff = true;
    wishes.top = 5;
    wishes.intervals = "1m,1h";
    wishes.wallet = "w/1";
    REQUIRE(
        targets({"contest:c1"}, wishes, {"abc", "d_-"}) ==
        "/api/v2/ws/contest/c1?top=5&mode=diff&since=abc&since=d_-"
    );
    REQUIRE(targets({"portfolio"}, wishes) == "/api/v2/ws/portfolio?wallet=w%2F1&mode=diff");
    REQUIRE(
        targets({"market:SOL"}, wishes) == "/api/v2/ws/market?symbols=SOL&intervals=1m,1h&mode=diff"
    );
}

TEST_CASE("what is no channel is refused with the forms there are", "[endpoint]") {
    for (const auto* channel : {"", "contest", "contest:", "market:", "portfolio:", "Portfolio"}) {
        REQUIRE(
            targets({channel}) ==
            std::string{"\""} + channel +
                "\" is no channel: contest:ID, portfolio, portfolio:CONTEST or market:SYMBOL"
        );
    }
}

TEST_CASE(
    "an endpoint resumes its own channels, a whole wallet those of its contests",
    "[endpoint]"
) {
    const Endpoint wallet{Endpoint::Kind::portfolio, {"portfolio"}};
    const Endpoint contest{Endpoint::Kind::portfolio, {"portfolio:c1"}};
    REQUIRE(wallet.resumes("portfolio"));
    REQUIRE(wallet.resumes("portfolio:c1"));
    REQUIRE_FALSE(wallet.resumes("market:SOL"));
    REQUIRE(contest.resumes("portfolio:c1"));
    REQUIRE_FALSE(contest.resumes("portfolio"));
}

}  // namespace duel::watch
