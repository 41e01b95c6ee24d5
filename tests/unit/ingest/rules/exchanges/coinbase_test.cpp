#include "tests/unit/ingest/rules/exchanges/frames.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

const std::string kMatch =
    R"({"type":"match","trade_id":280232,"maker_order_id":"2a0d","taker_order_id":"3c82",)"
    R"("side":"sell","size":"985","price":"0.00001305","product_id":"SKL-BTC",)"
    R"("sequence":177100030,"time":"2021-04-17T16:43:37.089723Z"})";

}  // namespace

TEST_CASE("a match of Coinbase names the maker's side, the tick the taker's", "[exchanges]") {
    REQUIRE(
        said(coinbase(), kMatch) ==
        "prices: SKL-BTC 0.00001305 x 985 buy #280232 2021-04-17T16:43:37.089723Z"
    );
    REQUIRE(
        said(coinbase(), with(kMatch, R"("match")", R"("last_match")")) ==
        "prices: SKL-BTC 0.00001305 x 985 buy #280232 2021-04-17T16:43:37.089723Z past"
    );
}

TEST_CASE("a ticker of Coinbase is a price without size", "[exchanges]") {
    REQUIRE(
        said(
            coinbase(),
            R"({"type":"ticker","sequence":1,"product_id":"BAND-GBP","price":"14.7775",)"
            R"("side":"buy","time":"2021-04-17T16:43:30.244075Z","trade_id":881613,"last_size":"1"})"
        ) == "prices: BAND-GBP 14.7775 #881613 2021-04-17T16:43:30.244075Z"
    );
    REQUIRE(
        said(coinbase(), R"({"type":"ticker","product_id":"A-USD","price":"2"})") ==
        "prices: A-USD 2"
    );
}

TEST_CASE("Coinbase acknowledges, lives and refuses", "[exchanges]") {
    REQUIRE(said(coinbase(), R"({"type":"subscriptions","channels":[]})") == "acknowledged");
    REQUIRE(
        said(coinbase(), R"({"type":"heartbeat","sequence":90,"last_trade_id":20})") == "heartbeat"
    );
    REQUIRE(
        said(coinbase(), R"({"type":"error","message":"Failed to subscribe","reason":"no ABC"})") ==
        "refused: Failed to subscribe: no ABC"
    );
    REQUIRE(said(coinbase(), R"({"type":"l2update"})") == "other");
    REQUIRE(is_bad(coinbase(), R"({"kind":"match"})"));
    REQUIRE(is_bad(coinbase(), with(kMatch, R"("side":"sell")", R"("side":"SELL")")));
    REQUIRE(is_bad(coinbase(), with(kMatch, "2021-04-17T", "2021-04-37T")));
    REQUIRE(is_bad(coinbase(), with(kMatch, R"("0.00001305")", R"("-0.00001305")")));
}

TEST_CASE("each channel of Coinbase is asked for on its own", "[exchanges]") {
    REQUIRE(
        coinbase().subscribe({"BTC-USD"}, Quotes::wanted) ==
        std::vector<std::string>{
            R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["ticker"]})",
            R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches"]})",
            R"({"type":"subscribe","product_ids":["BTC-USD"],"channels":["heartbeat"]})"}
    );
}

TEST_CASE(
    "trades of Coinbase Advanced Trade come oldest first, numbered in one row",
    "[exchanges]"
) {
    const auto frame = std::string{
        R"({"channel":"market_trades","client_id":"","timestamp":"2023-02-09T20:19:35.39625135Z",)"
        R"("sequence_num":7,"events":[{"type":"update","trades":[)"
        R"({"trade_id":"12","product_id":"ETH-USD","price":"1260.01","size":"0.3","side":"BUY",)"
        R"("time":"2019-08-14T20:42:27.265Z"},)"
        R"({"trade_id":"11","product_id":"ETH-USD","price":"1260","size":"1","side":"SELL",)"
        R"("time":"2019-08-14T20:42:27Z"}]}]})"};
    REQUIRE(
        said(coinbase_advanced(), frame) ==
        "prices: ETH-USD 1260 x 1 sell #11 2019-08-14T20:42:27Z; "
        "ETH-USD 1260.01 x 0.3 buy #12 2019-08-14T20:42:27.265Z"
    );
    FrameReader reader{coinbase_advanced()};
    REQUIRE(!reader.read(frame));
    REQUIRE(reader.reading().number == 7U);
    REQUIRE(said(coinbase_advanced(), with(frame, "update", "snapshot")).ends_with(" past"));
    // One bad trade, and nothing of the frame counts.
    REQUIRE(is_bad(coinbase_advanced(), with(frame, "\"1260\"", "\"0\"")));
}

TEST_CASE("Coinbase Advanced Trade tells tickers, lives and refuses", "[exchanges]") {
    REQUIRE(
        said(
            coinbase_advanced(),
            R"({"channel":"ticker","timestamp":"2023-02-09T20:30:37.167Z","sequence_num":0,)"
            R"("events":[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD",)"
            R"("price":"21932.98"}]}]})"
        ) == "prices: BTC-USD 21932.98 2023-02-09T20:30:37.167Z"
    );
    REQUIRE(
        said(
            coinbase_advanced(), R"({"channel":"heartbeats","events":[{"heartbeat_counter":3}]})"
        ) == "heartbeat"
    );
    REQUIRE(
        said(
            coinbase_advanced(),
            R"({"channel":"subscriptions","events":[{"subscriptions":{"market_trades":["BTC-USD"]}}]})"
        ) == "acknowledged"
    );
    REQUIRE(said(coinbase_advanced(), R"({"type":"error","message":"no"})") == "refused: no");
    REQUIRE(
        coinbase_advanced().subscribe({"BTC-USD"}, Quotes::unwanted) ==
        std::vector<std::string>{
            R"({"type":"subscribe","channel":"heartbeats"})",
            R"({"type":"subscribe","product_ids":["BTC-USD"],"channel":"market_trades"})"}
    );
}
