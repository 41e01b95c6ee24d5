#include "tests/unit/ingest/rules/exchanges/frames.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

const std::string kTrades =
    R"([993,[["354.04000000","0.28245396","1618678150.826417","s","m",""],)"
    R"(["353.81000000","1.71754604","1618678150.827816","b","l",""]],"trade","XMR/USD"])";
const std::string kTradesV2 =
    R"({"channel":"trade","type":"update","data":[{"symbol":"MATIC/USD","side":"sell",)"
    R"("price":0.5117,"qty":40.0,"ord_type":"market","trade_id":4665906,)"
    R"("timestamp":"2023-09-25T07:49:37.708706Z"}]})";

}  // namespace

TEST_CASE("a list of Kraken holds several trades of a market", "[exchanges]") {
    REQUIRE(
        said(kraken(), kTrades) ==
        "prices: XMR/USD 354.04 x 0.28245396 sell 2021-04-17T16:49:10.826417Z; "
        "XMR/USD 353.81 x 1.71754604 buy 2021-04-17T16:49:10.827816Z"
    );
    REQUIRE(
        said(kraken(), R"([1924,{"a":["1",1,"1"],"c":["0.042960","5"]},"ticker","SC/EUR"])") ==
        "prices: SC/EUR 0.04296"
    );
    REQUIRE(said(kraken(), R"([1,{"a":[]},{"b":[]},"book-1000","XBT/USD"])") == "other");
}

TEST_CASE("Kraken acknowledges, lives and refuses", "[exchanges]") {
    REQUIRE(said(kraken(), R"({"event":"heartbeat"})") == "heartbeat");
    REQUIRE(said(kraken(), R"({"event":"systemStatus","status":"online"})") == "other");
    REQUIRE(
        said(kraken(), R"({"event":"subscriptionStatus","status":"subscribed"})") == "acknowledged"
    );
    REQUIRE(
        said(
            kraken(),
            R"({"event":"subscriptionStatus","status":"error","errorMessage":"Currency pair"})"
        ) == "refused: Currency pair"
    );
}

TEST_CASE("what is no list of Kraken's is refused", "[exchanges]") {
    for (const char* frame :
         {"[",
          "[]",
          "[1]",
          R"([1,[],"trade"])",
          R"([1,5,"trade","XBT/USD"])",
          R"([1,[["1"]],"trade","XBT/USD"])",
          R"([1,[["0","1","1618678150.1","s"]],"trade","XBT/USD"])",
          R"([1,[["1","-1","1618678150.1","s"]],"trade","XBT/USD"])",
          R"([1,[["1","1","soon","s"]],"trade","XBT/USD"])",
          R"([1,[["1","1","1618678150.1","x"]],"trade","XBT/USD"])",
          R"([1,{"c":[]},"ticker","XBT/USD"])",
          R"([1,{"c":["1e999"]},"ticker","XBT/USD"])",
          R"([1,[],"trade","XBT/USD"],"x":[1])"}) {
        CAPTURE(frame);
        REQUIRE(is_bad(kraken(), frame));
    }
    for (std::size_t size = 0; size < kTrades.size(); ++size)
        REQUIRE(is_bad(kraken(), std::string_view{kTrades}.substr(0, size)));
}

TEST_CASE("Kraken calls bitcoin XBT, its version 2 does not", "[exchanges]") {
    REQUIRE(kraken().market_of("BTC") == "XBT/USD");
    REQUIRE(kraken_v2().market_of("BTC") == "BTC/USD");
    REQUIRE(
        kraken().subscribe({"XBT/USD"}, Quotes::wanted) ==
        std::vector<std::string>{
            R"({"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"trade"}})",
            R"({"event":"subscribe","pair":["XBT/USD"],"subscription":{"name":"ticker"}})"}
    );
    REQUIRE(
        kraken_v2().subscribe({"BTC/USD"}, Quotes::unwanted) ==
        std::vector<std::string>{
            R"({"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]}})"}
    );
}

TEST_CASE("numbers of Kraken's version 2 are read from their text", "[exchanges]") {
    REQUIRE(
        said(kraken_v2(), kTradesV2) ==
        "prices: MATIC/USD 0.5117 x 40 sell #4665906 2023-09-25T07:49:37.708706Z"
    );
    REQUIRE(said(kraken_v2(), with(kTradesV2, "update", "snapshot")).ends_with(" past"));
    REQUIRE(
        said(
            kraken_v2(),
            R"({"channel":"ticker","type":"update","data":[{"symbol":"ALGO/USD","last":0.10025}]})"
        ) == "prices: ALGO/USD 0.10025"
    );
    REQUIRE(is_bad(kraken_v2(), with(kTradesV2, "0.5117", "1e999")));
    REQUIRE(is_bad(kraken_v2(), with(kTradesV2, "0.5117", "-0.5117")));
}

TEST_CASE("version 2 of Kraken acknowledges, lives and refuses", "[exchanges]") {
    REQUIRE(said(kraken_v2(), R"({"channel":"heartbeat"})") == "heartbeat");
    REQUIRE(said(kraken_v2(), R"({"channel":"status","data":[]})") == "other");
    REQUIRE(said(kraken_v2(), R"({"method":"subscribe","success":true})") == "acknowledged");
    REQUIRE(
        said(kraken_v2(), R"({"method":"subscribe","success":false,"error":"no pair"})") ==
        "refused: no pair"
    );
}
