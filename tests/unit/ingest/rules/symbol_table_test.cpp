#include "ingest/rules/source_plan.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

namespace {

// "coinbase BTC-USD=BTC ETH-USD=ETH; …", or the refusal.
std::string planned(const std::vector<std::string>& words, const SymbolTable& symbols = {}) {
    const auto plans = plan_sources(words, symbols);
    if (!plans) return plans.error().sentence();
    std::string text;
    for (const auto& plan : *plans) {
        text += (text.empty() ? "" : "; ") + plan.name();
        for (const auto& market : plan.markets)
            text += " " + market.name + "=" + market.symbol;
    }
    return text;
}

}  // namespace

TEST_CASE("a market in dollars is the symbol before the currency", "[sources]") {
    const SymbolTable symbols;
    for (const char* market :
         {"BTC-USD", "XBT/USD", "BTC/USD", "BTCUSDT", "btcusd", "BTC-USDT", "BTCUSDC", "BTC_USD"}) {
        CAPTURE(market);
        REQUIRE(symbols.symbol_of(market) == "BTC");
    }
    REQUIRE(symbols.symbol_of("XDG/USD") == "DOGE");
    REQUIRE(symbols.symbol_of("1INCHUSDT") == "1INCH");
}

TEST_CASE("a market in something else has no symbol, unless it is given one", "[sources]") {
    const SymbolTable symbols;
    for (const char* market :
         {"KSM/XBT", "SKL-GBP", "RUNEEUR", "USD", "-USD", "ETH-USD-SWAP", ""}) {
        CAPTURE(market);
        REQUIRE(symbols.symbol_of(market) == std::nullopt);
    }
    const auto more = symbol_table_of({"SKL-GBP=SKL.GBP", "1000SHIBUSDT=KSHIB"}).value();
    REQUIRE(more.symbol_of("SKL-GBP") == "SKL.GBP");
    REQUIRE(more.symbol_of("1000SHIBUSDT") == "KSHIB");
    REQUIRE(more.symbol_of("BTCUSDT") == "BTC");
    REQUIRE(!symbol_table_of({"BTC"}));
    REQUIRE(!symbol_table_of({"=BTC"}));
    REQUIRE(!symbol_table_of({"BTC="}));
}

TEST_CASE("sources are planned from symbols and markets", "[sources]") {
    REQUIRE(
        planned({"coinbase:BTC", "ETH-USD", "kraken:BTC", "SOL", "BTC"}) ==
        "coinbase BTC-USD=BTC ETH-USD=ETH; kraken XBT/USD=BTC SOL/USD=SOL"
    );
    REQUIRE(planned({"bitstamp:btcusd"}) == "bitstamp btcusd=BTC");
    const auto more = symbol_table_of({"SKL-GBP=SKL.GBP"}).value();
    REQUIRE(planned({"coinbase:SKL-GBP"}, more) == "coinbase SKL-GBP=SKL.GBP");
}

TEST_CASE("markets are spelled as the frames of their exchange have them", "[symbols]") {
    REQUIRE(planned({"binance:btcusdt", "BTCUSDT"}) == "binance BTCUSDT=BTC");
    REQUIRE(planned({"bitstamp:BTCUSD"}) == "bitstamp btcusd=BTC");
    REQUIRE(planned({"coinbase:eth-usd"}) == "coinbase ETH-USD=ETH");
    const auto named = symbol_table_of({"AAPLx/USD=AAPL"}).value();
    REQUIRE(planned({"kraken_v2:AAPLx/USD"}, named) == "kraken_v2 AAPLx/USD=AAPL");
}

TEST_CASE("a source that cannot be followed is refused with the word at fault", "[sources]") {
    REQUIRE(planned({"nasdaq:BTC"}).find("coinbase") != std::string::npos);
    REQUIRE(planned({"BTC"}).find("NAME:SYMBOLS") != std::string::npos);
    REQUIRE(planned({"okx:"}).find("markets") != std::string::npos);
    REQUIRE(planned({"okx:BTC", "okx:ETH"}).find("once") != std::string::npos);
    REQUIRE(planned({"coinbase:SKL-GBP"}).find("--symbol") != std::string::npos);
    std::vector<std::string> many{"binance:"};
    for (int i = 0; i < 513; ++i)
        many.push_back("T" + std::to_string(i));
    REQUIRE(planned(many).find("at most 512") != std::string::npos);
}
