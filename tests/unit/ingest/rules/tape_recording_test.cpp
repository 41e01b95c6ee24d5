#include "ingest/rules/tape_recording.hpp"

#include "core/event.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

std::string json(std::string_view row) {
    std::string out;
    encode(parse_tape_row(row).value().value(), out);
    return out;
}

std::string refusal(std::string_view row) {
    return parse_tape_row(row).error().sentence();
}

}  // namespace

TEST_CASE("a trade on the tape is a sized tick at the exchange's time", "[tape]") {
    REQUIRE(
        json("1680652700441533000,usdm,BTCUSDT,T,1680652700452,3535186032,28145.10,0.002,s,") ==
        R"({"type":"price","symbol":"BTC","price":"28145.1","size":"0.002","side":"sell",)"
        R"("source":"usdm","tick_id":"3535186032","timestamp":"2023-04-04T23:58:20.452Z"})"
    );
    REQUIRE(
        json("1,spot,ETHUSDT,T,0,7,2677.6,13.5,b,").find(R"("side":"buy")") != std::string::npos
    );
}

TEST_CASE("contracts of the COIN-M market become tokens", "[tape]") {
    const auto btc =
        parse_tape_row("1,cm,BTCUSD_PERP,T,1723161257679,849714402,50000,4,b,").value();
    REQUIRE(btc->symbol == "BTC");
    REQUIRE(btc->size->text() == "0.008");
    const auto eth = parse_tape_row("1,cm,ETHUSD_PERP,T,1723161257679,1,2500,4,b,").value();
    REQUIRE(eth->symbol == "ETH");
    REQUIRE(eth->size->text() == "0.016");
}

TEST_CASE("a quote on the tape is no event", "[tape]") {
    const auto quote =
        parse_tape_row("1723161904537455333,spot,ETHUSDT,Q,,35346924202,2677.60,13.5,2677.61,4.5");
    REQUIRE(quote.value() == std::nullopt);
}

TEST_CASE("a row that is no trade is refused with the column and what stood there", "[tape]") {
    REQUIRE(refusal("1,usdm,BTCUSDT").find("10 columns") != std::string::npos);
    REQUIRE(refusal("1,usdm,BTCUSDT,X,1,1,1,1,s,").find("T or Q") != std::string::npos);
    REQUIRE(refusal("1,usdm,BTCEUR,T,1,1,1,1,s,").find("symbol") != std::string::npos);
    REQUIRE(refusal("1,usdm,BTCUSDT,T,soon,1,1,1,s,").find("exch_ms") != std::string::npos);
    REQUIRE(refusal("1,usdm,BTCUSDT,T,1,1,0,1,s,").find("price") != std::string::npos);
    REQUIRE(refusal("1,usdm,BTCUSDT,T,1,1,1,1e99,s,").find("size") != std::string::npos);
    REQUIRE(refusal("1,usdm,BTCUSDT,T,1,1,1,1,x,").find("b or s") != std::string::npos);
    REQUIRE(refusal("1,cm,BTCUSD_PERP,T,1,1,1e-18,1e19,s,").find("size") != std::string::npos);
}
