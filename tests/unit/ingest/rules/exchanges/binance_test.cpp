#include "tests/unit/ingest/rules/exchanges/frames.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

const std::string kTrade =
    R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1680652800000,"s":"BTCUSDT",)"
    R"("t":3071245454,"p":"28165.47000000","q":"0.00056000","b":20720542158,"a":20720542592,)"
    R"("T":1680652799999,"m":true,"M":true}})";

}  // namespace

TEST_CASE("a trade of Binance has the taker's side, its id and its own time", "[exchanges]") {
    REQUIRE(
        said(binance(), kTrade) ==
        "prices: BTCUSDT 28165.47 x 0.00056 sell #3071245454 2023-04-04T23:59:59.999Z"
    );
    REQUIRE(
        said(binance(), with(kTrade, R"("m":true)", R"("m":false)")).find(" buy ") !=
        std::string::npos
    );
}

TEST_CASE("Binance's best bid and offer are a price in their middle", "[exchanges]") {
    REQUIRE(
        said(
            binance(),
            R"({"stream":"btcusdt@bookTicker","data":{"u":36090299876,"s":"BTCUSDT",)"
            R"("b":"28165.47000000","B":"7.98680000","a":"28165.48000000","A":"3.26888000"}})"
        ) == "prices: BTCUSDT 28165.475"
    );
    REQUIRE(
        said(
            binance_usdm(),
            R"({"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":1,"s":"BTCUSDT",)"
            R"("b":"28145.10","B":"3","a":"28145.20","A":"6","T":1680652700430,"E":1680652700435}})"
        ) == "prices: BTCUSDT 28145.15 2023-04-04T23:58:20.430Z"
    );
}

TEST_CASE("the middle of the largest prices is between them", "[exchanges]") {
    REQUIRE(
        said(
            binance(),
            R"({"stream":"btcusdt@bookTicker","data":{"s":"BTCUSDT",)"
            R"("b":"99999999999999999999","B":"1","a":"99999999999999999997","A":"1"}})"
        ) == "prices: BTCUSDT 99999999999999999998"
    );
}

TEST_CASE("bookkeeping of Binance's liquidations is no trade", "[exchanges]") {
    const auto frame =
        with(with(kTrade, "28165.47000000", "0"), R"("m":true)", R"("X":"NA","m":true)");
    REQUIRE(said(binance_usdm(), frame) == "other");
}

TEST_CASE("Binance acknowledges, answers and refuses", "[exchanges]") {
    REQUIRE(said(binance(), R"({"result":null,"id":1})") == "acknowledged");
    REQUIRE(said(binance(), R"({"result":["btcusdt@trade"],"id":0})") == "heartbeat");
    REQUIRE(
        said(binance(), R"({"error":{"code":2,"msg":"Invalid request"},"id":1})") ==
        "refused: Invalid request"
    );
    REQUIRE(said(binance(), R"({"code":3,"msg":"Invalid JSON"})") == "refused: Invalid JSON");
    REQUIRE(said(binance(), R"({"stream":"btcusdt@depth","data":{"e":"depthUpdate"}})") == "other");
}

TEST_CASE("streams of Binance are asked for 200 at a time", "[exchanges]") {
    REQUIRE(
        binance().subscribe({"BTCUSDT", "ETHUSDT"}, Quotes::unwanted) ==
        std::vector<std::string>{
            R"({"method":"SUBSCRIBE","params":["btcusdt@trade","ethusdt@trade"],"id":1})"}
    );
    const auto messages = binance().subscribe(std::vector<std::string>(150, "A"), Quotes::wanted);
    REQUIRE(messages.size() == 2);
    REQUIRE(messages.back().ends_with(R"("id":2})"));
    REQUIRE(binance().market_of("sol") == "SOLUSDT");
}

TEST_CASE("no bad number of a trade becomes a price", "[exchanges]") {
    for (const char* wrong :
         {"0", "-1", "1e999", "1e20", "NaN", "", "1.0.0", "0.0000000000000000001"}) {
        CAPTURE(wrong);
        REQUIRE(is_bad(binance(), with(kTrade, "28165.47000000", wrong)));
        REQUIRE(is_bad(binance(), with(kTrade, "0.00056000", wrong)));
    }
    REQUIRE(is_bad(binance(), with(kTrade, R"("28165.47000000")", "null")));
    REQUIRE(is_bad(binance(), with(kTrade, R"("28165.47000000")", "[]")));
    REQUIRE(is_bad(binance(), with(kTrade, "1680652799999", "-1")));
    REQUIRE(is_bad(binance(), with(kTrade, "1680652799999", "1e999")));
    REQUIRE(is_bad(binance(), with(kTrade, "3071245454", "1.5")));
    REQUIRE(is_bad(binance(), with(kTrade, R"("m":true)", R"("m":1)")));
    REQUIRE(is_bad(binance(), with(kTrade, R"("BTCUSDT")", R"("")")));
}

TEST_CASE("a trade that is cut anywhere is refused", "[exchanges]") {
    for (std::size_t size = 0; size < kTrade.size(); ++size)
        REQUIRE(is_bad(binance(), std::string_view{kTrade}.substr(0, size)));
}
