#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

TokenRow token(const std::string& symbol, const std::string& price) {
    TokenRow row;
    row.symbol = symbol;
    row.name = "name of " + symbol;
    if (!price.empty()) row.price = amount(price);
    row.at = kWall;
    return row;
}

// Types and symbols: "token_data:SOL tokens_subscribed:".
std::string tokens_seen(Theatre& stage, ConnectionId who) {
    std::string line;
    for (const auto& text : stage.messages(who)) {
        const auto message = nlohmann::json::parse(text);
        line += (line.empty() ? "" : " ") + message.at("type").get<std::string>() + ':';
        if (message.contains("symbol")) line += message.at("symbol").get<std::string>();
        if (message.at("type") == "token_update") line += std::to_string(message.at("data").size());
        if (message.contains("symbols")) line += std::to_string(message.at("symbols").size());
    }
    return line;
}

// Answers the question that was asked for tokens; false where none was.
bool answer_tokens(Theatre& stage, const std::vector<TokenRow>& rows) {
    const auto asked =
        std::erase_if(stage.asks, [](const Ask& ask) { return ask.what == Ask::What::tokens; });
    if (asked == 0) return false;
    stage.board.on_tokens(rows, stage.now());
    stage.settle();
    return true;
}

void say(
    Theatre& stage,
    ConnectionId who,
    TokenDemand::What what,
    std::vector<std::string> symbols = {}
) {
    stage.board.change(who, {.tokens = TokenDemand{what, std::move(symbols)}}, stage.now());
    stage.settle();
}

void tick(Theatre& stage, const std::string& symbol, const std::string& text, std::uint64_t seq) {
    auto body = price(text);
    body.symbol = symbol;
    stage.state(Channel::market(symbol), seq, body);
}

}  // namespace

TEST_CASE("the list of tokens comes when it is asked for, and again when it changes", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    say(stage, 1, TokenDemand::What::all);
    REQUIRE(tokens_seen(stage, 1).empty());
    REQUIRE(answer_tokens(stage, {token("A", "1"), token("SOL", "100")}));
    REQUIRE(tokens_seen(stage, 1) == "token_update:2");
    stage.pass(std::chrono::seconds{11});
    REQUIRE(answer_tokens(stage, {token("A", "1"), token("SOL", "100")}));
    REQUIRE(tokens_seen(stage, 1).empty());
    stage.pass(std::chrono::seconds{11});
    REQUIRE(answer_tokens(stage, {token("A", "1"), token("B", ""), token("SOL", "100")}));
    REQUIRE(tokens_seen(stage, 1) == "token_update:3");
}

TEST_CASE("a token says its numbers as texts", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    say(stage, 1, TokenDemand::What::all);
    auto row = token("SOL", "110");
    row.supply = amount("10");
    row.price_1h_ago = amount("100");
    row.price_5m_ago = amount("88");
    row.volume_5m = amount("7");
    row.image_url = "https://x/y.png";
    answer_tokens(stage, {row, token("NEW", "")});
    REQUIRE(
        stage.messages(1).at(0) ==
        R"({"type":"token_update","data":[{"symbol":"NEW","name":"name of NEW","price":"0",)"
        R"("marketCap":"0","volume24h":"0","change24h":"0","change1h":"0","change5m":"0",)"
        R"("volume5m":"0","status":"inactive"},{"symbol":"SOL","name":"name of SOL","price":"110",)"
        R"("marketCap":"1100","volume24h":"0","change24h":"0","change1h":"10","change5m":"25",)"
        R"("volume5m":"7","imageUrl":"https://x/y.png","status":"active"}],)"
        R"("timestamp":"2025-11-13T19:00:00Z"})"
    );
}

TEST_CASE("prices of all tokens come conflated, until some are subscribed to", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    answer_tokens(stage, {token("A", "1"), token("SOL", "100")});
    tick(stage, "SOL", "101", 5);
    REQUIRE(stage.used == "followed");
    REQUIRE(tokens_seen(stage, 1) == "token_data:SOL");
    tick(stage, "SOL", "102", 6);
    tick(stage, "A", "2", 6);
    tick(stage, "SOL", "103", 7);
    REQUIRE(tokens_seen(stage, 1).empty());
    stage.pass(std::chrono::milliseconds{250});
    REQUIRE(tokens_seen(stage, 1) == "token_data:A token_data:SOL");

    say(stage, 1, TokenDemand::What::subscribe, {"A", "NEW"});
    REQUIRE(tokens_seen(stage, 1) == "tokens_subscribed:2 token_metadata:A token_data:A");
    say(stage, 1, TokenDemand::What::subscribe, {"A"});
    REQUIRE(tokens_seen(stage, 1) == "tokens_subscribed:0");
    stage.pass(std::chrono::seconds{1});
    tick(stage, "SOL", "104", 8);
    REQUIRE(tokens_seen(stage, 1).empty());
    say(stage, 1, TokenDemand::What::unsubscribe, {"A", "B"});
    REQUIRE(tokens_seen(stage, 1) == "tokens_unsubscribed:1");
}

TEST_CASE("a symbol that is not on the list makes it be read again soon", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    answer_tokens(stage, {});
    tick(stage, "NEW", "1", 5);
    stage.pass(std::chrono::milliseconds{1'100});
    REQUIRE(answer_tokens(stage, {token("NEW", "1")}));
}

TEST_CASE("a token that is new to the list comes to those who follow it", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    stage.open(2, notice(Notice::tokens));
    answer_tokens(stage, {token("A", "1")});
    say(stage, 2, TokenDemand::What::subscribe, {"NEW"});
    tokens_seen(stage, 2);
    tick(stage, "NEW", "1", 5);
    stage.pass(std::chrono::milliseconds{1'100});
    REQUIRE(answer_tokens(stage, {token("A", "1"), token("NEW", "1"), token("OLD", "1")}));
    REQUIRE(
        tokens_seen(stage, 1) ==
        "token_metadata:NEW token_data:NEW token_metadata:OLD token_data:OLD"
    );
    REQUIRE(tokens_seen(stage, 2) == "token_metadata:NEW token_data:NEW");
}

TEST_CASE("whoever read too slowly gets what it missed, once", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    answer_tokens(stage, {token("A", "1"), token("SOL", "100")});
    say(stage, 1, TokenDemand::What::all);
    tokens_seen(stage, 1);
    stage.board.congested(1);
    tick(stage, "SOL", "101", 5);
    stage.pass(std::chrono::seconds{1});
    tick(stage, "SOL", "102", 6);
    REQUIRE(tokens_seen(stage, 1).empty());
    stage.board.drained(1, stage.now());
    stage.settle();
    REQUIRE(tokens_seen(stage, 1) == "token_data:SOL");
    stage.board.congested(1);
    stage.board.drained(1, stage.now());
    stage.settle();
    REQUIRE(tokens_seen(stage, 1).empty());
}

TEST_CASE("tokens that are followed already do not count again", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    answer_tokens(stage, {});
    std::vector<std::string> many;
    for (std::size_t i = 0; i < kMostNames; ++i)
        many.push_back("S" + std::to_string(i));
    const auto most = std::to_string(kMostNames);
    say(stage, 1, TokenDemand::What::subscribe, many);
    REQUIRE(tokens_seen(stage, 1) == "tokens_subscribed:" + most);
    say(stage, 1, TokenDemand::What::subscribe, many);
    REQUIRE(tokens_seen(stage, 1) == "tokens_subscribed:0");
    say(stage, 1, TokenDemand::What::subscribe, {"ONE MORE"});
    REQUIRE(tokens_seen(stage, 1) == "error:");
}

TEST_CASE("a token that is described anew is told to those who follow it", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    answer_tokens(stage, {token("A", "1")});
    stage.pass(std::chrono::seconds{11});
    auto row = token("A", "1");
    row.name = "Another";
    answer_tokens(stage, {row});
    REQUIRE(tokens_seen(stage, 1) == "token_metadata:A token_data:A");
}

TEST_CASE("while nobody follows tokens their prices are not even decoded", "[tokens]") {
    Theatre stage;
    stage.open(1, notice(Notice::tokens));
    stage.board.close(1);
    tick(stage, "A", "1", 5);
    REQUIRE(stage.used == "skipped");
    stage.pass(std::chrono::minutes{1});
    stage.asks.clear();
    stage.pass(std::chrono::minutes{1});
    REQUIRE_FALSE(answer_tokens(stage, {}));
}
