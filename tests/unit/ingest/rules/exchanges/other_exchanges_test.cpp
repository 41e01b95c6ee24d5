#include "tests/unit/ingest/rules/exchanges/frames.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

const std::string kOkxTrade =
    R"({"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT",)"
    R"("tradeId":"338476374","px":"30227.6","sz":"1.03999912","side":"buy","ts":"1652459235575"}]})";
const std::string kBitstampTrade =
    R"({"data":{"id":216000503,"timestamp":"1641343721","amount":6.289478,)"
    R"("amount_str":"6.28947800","price":3800.73,"price_str":"3800.73","type":1,)"
    R"("microtimestamp":"1641343721243000"},"channel":"live_trades_ethusd","event":"trade"})";

}  // namespace

TEST_CASE("OKX tells trades one by one, or joined with their count", "[exchanges]") {
    REQUIRE(
        said(okx(), kOkxTrade) ==
        "prices: BTC-USDT 30227.6 x 1.03999912 buy #338476374 2022-05-13T16:27:15.575Z"
    );
    REQUIRE(
        said(okx(), with(kOkxTrade, R"("px")", R"("count":"3","px")")).find(" #338476374/3 ") !=
        std::string::npos
    );
    REQUIRE(is_bad(okx(), with(kOkxTrade, "30227.6", "0")));
    REQUIRE(is_bad(okx(), with(kOkxTrade, "1652459235575", "1652459235575000")));
}

TEST_CASE("OKX acknowledges, answers in plain text and refuses", "[exchanges]") {
    REQUIRE(said(okx(), "pong") == "heartbeat");
    REQUIRE(is_bad(okx(), "pong!"));
    REQUIRE(
        said(okx(), R"({"event":"subscribe","arg":{"channel":"trades","instId":"BTC-USDT"}})") ==
        "acknowledged"
    );
    REQUIRE(
        said(okx(), R"({"event":"error","code":"60012","msg":"Invalid request"})") ==
        "refused: Invalid request"
    );
    REQUIRE(said(okx(), R"({"event":"notice","code":"64008","msg":"upgrade"})") == "leaving");
    REQUIRE(said(okx(), R"({"arg":{"channel":"tickers"},"data":[]})") == "other");
    REQUIRE(
        okx().subscribe({"BTC-USDT"}, Quotes::wanted) ==
        std::vector<std::string>{
            R"({"op":"subscribe","args":[{"channel":"trades","instId":"BTC-USDT"}]})"}
    );
}

TEST_CASE("a trade of Bitstamp is read from its texts, not from its floats", "[exchanges]") {
    REQUIRE(
        said(bitstamp(), kBitstampTrade) ==
        "prices: ethusd 3800.73 x 6.289478 sell #216000503 2022-01-05T00:48:41.243Z"
    );
    REQUIRE(is_bad(bitstamp(), with(kBitstampTrade, R"("type":1)", R"("type":2)")));
    REQUIRE(
        is_bad(bitstamp(), with(kBitstampTrade, R"("price_str":"3800.73")", R"("price_str":"0")"))
    );
    REQUIRE(is_bad(bitstamp(), with(kBitstampTrade, R"("data":{)", R"("date":{)")));
}

TEST_CASE("Bitstamp acknowledges, answers, refuses and asks to come again", "[exchanges]") {
    REQUIRE(
        said(
            bitstamp(),
            R"({"event":"bts:subscription_succeeded","channel":"live_trades_btcusd","data":{}})"
        ) == "acknowledged"
    );
    REQUIRE(said(bitstamp(), R"({"event":"bts:heartbeat","data":{}})") == "heartbeat");
    REQUIRE(said(bitstamp(), R"({"event":"bts:request_reconnect","data":""})") == "leaving");
    REQUIRE(
        said(bitstamp(), R"({"event":"bts:error","data":{"code":null,"message":"Bad channel"}})") ==
        "refused: Bad channel"
    );
    REQUIRE(
        bitstamp().subscribe({"btcusd"}, Quotes::wanted) ==
        std::vector<std::string>{
            R"({"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}})"}
    );
}

TEST_CASE("bytes that are no frame are refused by every exchange", "[exchanges]") {
    for (const auto make : kExchanges) {
        const auto exchange = make();
        CAPTURE(exchange.name);
        for (const char* frame :
             {"", "{", "nonsense", "\"text\"", "12", "null", "\xff\xfe", "{}{}"})
            REQUIRE(is_bad(exchange, frame));
        REQUIRE(is_bad(exchange, std::string(FrameReader::kMaxFrameBytes + 1, ' ') + "{}"));
        REQUIRE(is_bad(exchange, std::string(100, '[') + std::string(100, ']')));
    }
}

TEST_CASE("frames with one byte changed never give a price of 0 or less", "[exchanges]") {
    for (const auto& [exchange, frame] :
         {std::pair{okx(), kOkxTrade}, std::pair{bitstamp(), kBitstampTrade}}) {
        FrameReader reader{exchange};
        for (std::size_t place = 0; place < frame.size(); ++place)
            for (const char byte : {'0', '-', '"', '{', ']', 'e', '\0', '\xc3'}) {
                auto mutant = frame;
                mutant[place] = byte;
                if (reader.read(mutant)) {
                    REQUIRE(reader.reading().observations.empty());
                    continue;
                }
                for (const auto& seen : reader.reading().observations) {
                    REQUIRE(seen.price.sign() > 0);
                    REQUIRE(seen.size->sign() > 0);
                }
            }
    }
}
