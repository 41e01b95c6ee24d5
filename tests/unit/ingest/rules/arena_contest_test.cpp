#include "ingest/rules/arena_contest.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

const Timestamp kFirst = parse_timestamp("2025-11-13T19:15:12.648Z").value();
const Timestamp kLast = parse_timestamp("2026-01-14T20:00:59Z").value();

std::string json(const Event& event) {
    std::string out;
    encode(event, out);
    return out;
}

ArenaContest contest_of(std::optional<Amount> put_in) {
    return ArenaContest{{{"grok-4", "0x61", "Grok 4", put_in}}, kFirst, kLast};
}

}  // namespace

TEST_CASE("an arena opens as one contest that its wallets join before it starts", "[arena]") {
    const auto events = contest_of(std::nullopt).opening();
    REQUIRE(events.size() == 3);
    REQUIRE(
        json(events[0]) ==
        R"j({"type":"contest_created","contest_id":"arena","name":"Arena, 1 models (recorded)",)j"
        R"("starting_balance":"10000","prize_pool":"0","starts_at":"2025-11-13T19:15:12.648Z",)"
        R"("ends_at":"2026-01-14T20:00:59Z","timestamp":"2025-11-13T19:15:12.648Z"})"
    );
    REQUIRE(
        json(events[1]) ==
        R"({"type":"participant_joined","contest_id":"arena","wallet_address":"0x61",)"
        R"("username":"Grok 4","timestamp":"2025-11-13T19:15:12.648Z"})"
    );
    REQUIRE(type_of(events[2]) == "contest_started");
}

TEST_CASE(
    "a wallet that put in more deposits the rest, one that put in less withdraws it",
    "[arena]"
) {
    const auto more = contest_of(Amount::parse("10094.78").value()).opening();
    REQUIRE(std::get<Deposit>(more.at(2)).amount.text() == "94.78");
    REQUIRE(std::get<Deposit>(more.at(2)).transfer_id == "grok-4:stake");
    const auto less = contest_of(Amount::parse("9000").value()).opening();
    REQUIRE(std::get<Withdrawal>(less.at(2)).amount.text() == "1000");
    REQUIRE(contest_of(Amount::from_integer(10'000)).opening().size() == 3);
}

TEST_CASE("a fill is first a sized tick and then the trade, with the same stable id", "[arena]") {
    ArenaFill fill;
    fill.at = kFirst;
    fill.symbol = "ETH";
    fill.side = Side::sell;
    fill.shares = Amount::parse("0.32").value();
    fill.price = Amount::from_integer(3'205);
    fill.fee = Amount::parse("0.46152").value();
    fill.line = 2;
    const auto events = contest_of(std::nullopt).on(fill);
    REQUIRE(
        json(events[0]) ==
        R"({"type":"price","symbol":"ETH","price":"3205","size":"0.32","side":"sell",)"
        R"("source":"arena","tick_id":"grok-4:2","timestamp":"2025-11-13T19:15:12.648Z"})"
    );
    REQUIRE(
        json(events[1]) ==
        R"({"type":"trade","trade_id":"grok-4:2","contest_id":"arena","wallet_address":"0x61",)"
        R"("symbol":"ETH","side":"sell","amount":"0.32","price":"3205","fee":"0.46152",)"
        R"("timestamp":"2025-11-13T19:15:12.648Z"})"
    );
}

TEST_CASE("an arena is completed at its last fill", "[arena]") {
    const Event completion = contest_of(std::nullopt).completion();
    REQUIRE(type_of(completion) == "contest_completed");
    REQUIRE(time_of(completion) == kLast);
}
