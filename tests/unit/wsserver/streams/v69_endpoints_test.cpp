#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

const Identity kAnn{"w1", "ann", false};

// "market:A -market:B !refused ", or the error's code.
std::string outcome(Result<Change> (*heed)(const Demand&, const Identity&), const char* said) {
    const auto change = heed(demand(said), kAnn);
    return change ? names_of(*change) : std::string{text(change.error().code)};
}

std::size_t opened(const std::string& target) {
    const auto parsed = Target::parse(target).value();
    const auto found = match(parsed.path);
    const auto opening = found->endpoint->open({found->id, parsed, kAnn, 100});
    return opening->wishes.size();
}

}  // namespace

TEST_CASE("market data of v69 may begin without symbols and take them by message", "[v69]") {
    REQUIRE(opened("/api/v69/ws/market-data") == 0);
    REQUIRE(opened("/api/v69/ws/market-data?symbols=A,B") == 2);
    REQUIRE(
        outcome(heed_v69_market, R"({"type":"subscribe","symbols":["A","B",""]})") ==
        "market:A market:B !market: "
    );
    REQUIRE(outcome(heed_v69_market, R"({"type":"unsubscribe","symbols":["A"]})") == "-market:A ");
    REQUIRE(outcome(heed_v69_market, R"({"type":"subscribe"})") == "INVALID_FIELD");
    REQUIRE(outcome(heed_v69_market, R"({"type":"dance"})") == "UNKNOWN_MESSAGE");
}

TEST_CASE("rooms of v69 are contests", "[v69]") {
    REQUIRE(opened("/api/v69/ws/contest") == 0);
    REQUIRE(opened("/api/v69/ws/contest/c1") == 1);
    REQUIRE(outcome(heed_v69_contest, R"({"type":"JOIN_ROOM","contestId":"c1"})") == "contest:c1 ");
    REQUIRE(outcome(heed_v69_contest, R"({"type":"JOIN_ROOM","contestId":7})") == "contest:7 ");
    REQUIRE(
        outcome(heed_v69_contest, R"({"type":"LEAVE_ROOM","contestId":"c1"})") == "-contest:c1 "
    );
    REQUIRE(outcome(heed_v69_contest, R"({"type":"JOIN_ROOM"})") == "INVALID_FIELD");
    REQUIRE(outcome(heed_v69_contest, R"({"type":"SUBSCRIBE"})") == "UNKNOWN_MESSAGE");
}

TEST_CASE("tokens of v69 are asked for, subscribed to and given up", "[v69]") {
    const auto said = [](const char* text) {
        const auto change = heed_v69_tokens(demand(text), {});
        return change ? change->tokens->symbols.size() : std::size_t{99};
    };
    REQUIRE(said(R"({"type":"get_all_tokens"})") == 0);
    REQUIRE(said(R"({"type":"subscribe_tokens","symbols":["A","B","A"]})") == 2);
    REQUIRE(said(R"({"type":"unsubscribe_tokens","symbols":["A"]})") == 1);
    REQUIRE(said(R"({"type":"subscribe_tokens"})") == 99);
    REQUIRE(said(R"({"type":"subscribe_tokens","symbols":[""]})") == 99);
}

TEST_CASE("an id with a NUL is no id, and never a part of one", "[v69]") {
    REQUIRE(
        outcome(heed_v69_contest, R"({"type":"JOIN_ROOM","contestId":"c1\u0000x"})") ==
        "INVALID_FIELD"
    );
    REQUIRE(
        outcome(heed_v69_market, R"({"type":"subscribe","symbols":["A\u0000","B"]})") ==
        "market:B !market:A\xEF\xBF\xBD "
    );
}
