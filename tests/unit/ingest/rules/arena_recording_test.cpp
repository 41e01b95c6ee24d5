#include "ingest/rules/arena_recording.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace duel;
using namespace duel::ingest;

namespace {

std::string text(const ArenaFill& fill) {
    return fmt::format(
        "{} {} {} {} @{} fee {}",
        duel::text(fill.at),
        duel::text(fill.side),
        fill.shares.text(),
        fill.symbol,
        fill.price.text(),
        fill.fee.text()
    );
}

std::string refusal(std::string_view row) {
    return parse_fill(row).error().sentence();
}

std::string history(const std::string& values, const std::string& profits) {
    return fmt::format(
        R"({{"allTime":{{"accountValueHistory":[{}],"pnlHistory":[{}]}}}})", values, profits
    );
}

}  // namespace

TEST_CASE("a row of an arena is a fill with exact numbers", "[arena]") {
    const auto fill = parse_fill(
        "2025-11-17T16:13:09.072Z,NVDA,SELL,0.75,186.5000,139.88,Open Short,,,,0.000000,Open "
        "Short,0.125887"
    );
    REQUIRE(text(fill.value()) == "2025-11-17T16:13:09.072Z sell 0.75 NVDA @186.5 fee 0.125887");
}

TEST_CASE("a row may end in a carriage return", "[arena]") {
    const auto fill =
        parse_fill("2025-11-17T16:13:09Z,SOL,BUY,1,144,-144.00,Open Long,,,,0,Open Long,0.07\r");
    REQUIRE(text(fill.value()) == "2025-11-17T16:13:09Z buy 1 SOL @144 fee 0.07");
}

TEST_CASE("a row that is no fill is refused with the column and what stood there", "[arena]") {
    REQUIRE(refusal("only,three,columns").find("13 columns") != std::string::npos);
    REQUIRE(
        refusal("yesterday,SOL,BUY,1,144,-144,,,,,0,,0.07").find("filled_at") != std::string::npos
    );
    REQUIRE(
        refusal("2025-11-17T16:13:09Z,SOL,HOLD,1,144,-144,,,,,0,,0.07").find("BUY or SELL") !=
        std::string::npos
    );
    REQUIRE(
        refusal("2025-11-17T16:13:09Z,SOL,BUY,0,144,-144,,,,,0,,0.07").find("shares") !=
        std::string::npos
    );
    REQUIRE(
        refusal("2025-11-17T16:13:09Z,SOL,BUY,1,-144,-144,,,,,0,,0.07").find("price") !=
        std::string::npos
    );
    REQUIRE(
        refusal("2025-11-17T16:13:09Z,SOL,BUY,1,144,-144,,,,,0,,-0.07").find("fee") !=
        std::string::npos
    );
    REQUIRE(
        refusal("2025-11-17T16:13:09Z,,BUY,1,144,-144,,,,,0,,0.07").find("symbol") !=
        std::string::npos
    );
}

TEST_CASE("a file's name says whose fills it holds", "[arena]") {
    REQUIRE(slug_of_file("hyperliquid-grok-4-trade-history-2026-02-10.csv.zst") == "grok-4");
    REQUIRE(slug_of_file("me-trade-history-1.csv") == "me");
    REQUIRE(slug_of_file("hyperliquid-grok-4-portfolio.json") == std::nullopt);
    REQUIRE(slug_of_file("tape.csv.zst") == std::nullopt);
}

TEST_CASE("a model's name becomes the slug of its file", "[arena]") {
    REQUIRE(slug_of_model("Grok 4.20") == "grok-4-20");
    REQUIRE(slug_of_model("Claude Sonnet 4.5 (MM)") == "claude-sonnet-4-5-mm");
}

TEST_CASE("the tracked wallets are names and addresses", "[arena]") {
    const auto wallets = parse_tracked_wallets(
        R"({"wallets":[{"address":"0x61","model":"Grok 4","source":"hyperliquid"}]})"
    );
    REQUIRE(wallets.value().size() == 1);
    REQUIRE(wallets.value().front().wallet_address == "0x61");
    REQUIRE(wallets.value().front().model == "Grok 4");
    REQUIRE(parse_tracked_wallets("{}").has_error());
}

TEST_CASE("put in is account value less profit after the first fill", "[arena]") {
    const Timestamp first_fill{std::chrono::milliseconds{1'500}};
    const auto late = parse_put_in(
        history(R"([1000,"50.0"],[2000,"9924.86523"])", R"([1000,"0"],[2000,"-169.91477"])"),
        first_fill
    );
    REQUIRE(late.value()->text() == "10094.78");
    const auto early = parse_put_in(history(R"([1000,"50.0"])", R"([1000,"0"])"), first_fill);
    REQUIRE(early.value() == std::nullopt);
    REQUIRE(parse_put_in("[]", first_fill).has_error());
}
