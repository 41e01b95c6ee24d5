#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

Opening notice(Notice what) {
    Opening opening;
    opening.dialect = Dialect::v69;
    opening.notice = what;
    return opening;
}

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

Announcement announcement(ServiceStatus status, int seconds = 0) {
    return {status, "words", kWall + std::chrono::seconds{seconds}};
}

SourceStatus status(Breaker breaker, std::int64_t failures, int seconds) {
    SourceStatus found;
    found.source = "binance";
    found.breaker = breaker;
    found.since = kWall;
    found.failures = failures;
    found.failure_threshold = 8;
    found.recovery_timeout_ms = 45'000;
    if (failures > 0) found.last_error = "refused";
    found.messages_per_second = amount("12.5");
    found.delay_ms = amount("30");
    found.timestamp = kWall + std::chrono::seconds{seconds};
    return found;
}

// Of the message that a client was sent since the last look: "degraded", or "nothing".
std::string status_seen(Theatre& stage, ConnectionId who) {
    std::string line;
    for (const auto& text : stage.messages(who))
        line += (line.empty() ? "" : " ") +
                nlohmann::json::parse(text).at("data").at("status").get<std::string>();
    return line.empty() ? "nothing" : line;
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

TEST_CASE("the service is online until something else is announced", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::service));
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"SERVER_STATUS_UPDATE","data":{"status":"online","message":"the service is online",)"
        R"("timestamp":"2025-11-13T19:00:00Z"},"timestamp":"2025-11-13T19:00:00Z"})"
        "\n"
    );
    stage.hear(announcement(ServiceStatus::maintenance));
    REQUIRE(stage.seen(1).find(R"("status":"maintenance","message":"words")") != std::string::npos);
    stage.open(2, notice(Notice::service));
    REQUIRE(stage.seen(2).find(R"("status":"maintenance")") != std::string::npos);
}

TEST_CASE("a server that cannot do its job says so, unless operators have spoken", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::service));
    stage.messages(1);
    const auto status = [&](bool is_able) {
        stage.board.on_ability(is_able, stage.now());
        stage.settle();
        return status_seen(stage, 1);
    };
    REQUIRE(status(true) == "nothing");
    REQUIRE(status(false) == "maintenance");
    REQUIRE(status(false) == "nothing");
    REQUIRE(status(true) == "online");
    stage.hear(announcement(ServiceStatus::offline));
    stage.messages(1);
    REQUIRE(status(false) == "nothing");
    REQUIRE(status(true) == "nothing");
}

TEST_CASE("every client is told of a change, whatever it follows", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::service));
    stage.follow(2, kMarket);
    stage.answer(kMarket, market_snapshot(5, "100"));
    stage.open(3, notice(Notice::exchanges));
    stage.open(4, {});
    for (const ConnectionId who : {1, 2, 3, 4}) {
        const bool is_told = stage.seen(who).find("SERVER_STATUS_UPDATE") != std::string::npos;
        REQUIRE(is_told == (who == 1));
    }
    stage.hear(announcement(ServiceStatus::maintenance));
    for (const ConnectionId who : {1, 2, 3, 4})
        REQUIRE(status_seen(stage, who) == "maintenance");
    stage.hear(announcement(ServiceStatus::online));
    stage.board.on_ability(false, stage.now());
    stage.settle();
    for (const ConnectionId who : {1, 2, 3, 4})
        REQUIRE(status_seen(stage, who) == "online maintenance");
    stage.board.close(2);
    stage.board.on_ability(true, stage.now());
    stage.settle();
    REQUIRE(status_seen(stage, 2) == "nothing");
    REQUIRE(status_seen(stage, 4) == "online");
}

TEST_CASE(
    "who connects while the service is not online is told once, after SUBSCRIBED",
    "[notices]"
) {
    Theatre stage;
    stage.hear(announcement(ServiceStatus::maintenance));
    stage.follow(1, kMarket);
    REQUIRE(stage.outline(1).empty());
    stage.answer(kMarket, market_snapshot(5, "100"));
    REQUIRE(stage.outline(1) == "SUBSCRIBED:5:none MARKET_PRICE:5 SERVER_STATUS_UPDATE:");
    stage.open(2, {});
    REQUIRE(stage.outline(2) == "SERVER_STATUS_UPDATE:");
    // Postgres does not answer.
    stage.follow(3, kContest);
    REQUIRE(stage.outline(3).empty());
    stage.pass(std::chrono::seconds{1});
    REQUIRE(stage.outline(3) == "SERVER_STATUS_UPDATE:");
    // A change tells those who wait; one who is gone is forgotten.
    stage.follow(4, Channel::contest("c2"));
    stage.follow(5, Channel::contest("c2"));
    stage.board.close(5);
    stage.hear(announcement(ServiceStatus::offline));
    REQUIRE(status_seen(stage, 4) == "offline");
    stage.messages(1);
    stage.pass(std::chrono::seconds{5});
    for (const ConnectionId who : {1, 4, 5})
        REQUIRE(stage.outline(who).empty());
}

TEST_CASE(
    "a client that reads too slowly gets the newest status when it reads again",
    "[notices]"
) {
    Theatre stage;
    stage.open(1, {});
    const auto drain = [&] {
        stage.board.drained(1, stage.now());
        stage.settle();
        return status_seen(stage, 1);
    };
    stage.board.congested(1);
    stage.hear(announcement(ServiceStatus::maintenance));
    stage.hear(announcement(ServiceStatus::offline));
    REQUIRE(status_seen(stage, 1) == "nothing");
    REQUIRE(stage.counts.withheld == 2);
    REQUIRE(drain() == "offline");
    stage.board.congested(1);
    REQUIRE(drain() == "nothing");
}

TEST_CASE("of two announcements the later in the log holds, whatever their clocks", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::service));
    stage.messages(1);
    stage.hear(announcement(ServiceStatus::maintenance, 600));
    REQUIRE(status_seen(stage, 1) == "maintenance");
    stage.hear(announcement(ServiceStatus::online, -300));
    REQUIRE(status_seen(stage, 1) == "online");
    stage.open(2, notice(Notice::service));
    REQUIRE(status_seen(stage, 2) == "online");
    // The reader lost its place: what was read before comes again, and is dropped.
    stage.board.on_status_begun(2);
    stage.hear(announcement(ServiceStatus::maintenance, 600), 0);
    stage.hear(announcement(ServiceStatus::online, -300), 1);
    REQUIRE(status_seen(stage, 1) == "nothing");
    stage.hear(announcement(ServiceStatus::offline, -900), 2);
    REQUIRE(status_seen(stage, 1) == "offline");
}

TEST_CASE("a topic that was made anew is read, though its offsets are small", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::service));
    stage.hear(announcement(ServiceStatus::maintenance), 70);
    stage.messages(1);
    stage.board.on_status_begun(1);
    stage.hear(announcement(ServiceStatus::online), 0);
    REQUIRE(status_seen(stage, 1) == "online");
}

TEST_CASE("a breaker opens though its reader's clock was set back", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::exchanges));
    stage.hear(status(Breaker::closed, 0, 0));
    REQUIRE(status_seen(stage, 1) == "healthy");
    stage.hear(status(Breaker::open, 5, -3'600));
    REQUIRE(status_seen(stage, 1) == "failed");
    stage.hear(status(Breaker::closed, 0, 0), 0);  // as after a reconnect
    REQUIRE(status_seen(stage, 1) == "nothing");
}

TEST_CASE("exchanges are shown at once, and every change of a breaker", "[notices]") {
    Theatre stage;
    stage.hear(status(Breaker::closed, 0, 0));
    stage.open(1, notice(Notice::exchanges));
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"health:update","service":"binance","data":{"status":"healthy",)"
        R"("circuit":{"state":"closed","failureCount":0,"lastFailure":null,"recoveryAttempts":0},)"
        R"("config":{"failureThreshold":8,"recoveryTimeout":45000,"requestLimit":1},)"
        R"("metrics":{"failureRate":0,"latency":30,"throughput":12.5}},)"
        R"("timestamp":"2025-11-13T19:00:00Z"})"
        "\n"
    );
    std::string types;
    int seconds = 0;
    for (const auto& [breaker, failures] :
         {std::pair{Breaker::closed, 0},
          {Breaker::closed, 1},
          {Breaker::open, 5},
          {Breaker::half_open, 5},
          {Breaker::open, 6},
          {Breaker::half_open, 6},
          {Breaker::closed, 0}}) {
        stage.hear(status(breaker, failures, ++seconds));
        for (const auto& text : stage.messages(1)) {
            const auto message = nlohmann::json::parse(text);
            types += message.at("type").get<std::string>() + ' ' +
                     message.at("data").at("status").get<std::string>() + ' ' +
                     message.at("data").at("circuit").at("recoveryAttempts").dump() + '\n';
        }
    }
    REQUIRE(
        types ==
        "metrics:update healthy 0\nhealth:update degraded 0\nbreaker:trip failed 0\n"
        "health:update degraded 1\nbreaker:trip failed 1\nhealth:update degraded 2\n"
        "breaker:reset healthy 0\n"
    );
}

TEST_CASE("a source of which nothing is heard is healthy no more, until it is heard", "[notices]") {
    using std::chrono::seconds;
    Theatre stage;
    stage.open(1, notice(Notice::exchanges));
    stage.hear(status(Breaker::closed, 0, 0));
    REQUIRE(status_seen(stage, 1) == "healthy");
    stage.pass(seconds{10});
    stage.hear(status(Breaker::closed, 0, 0), 0);  // read again: that is not heard
    stage.pass(seconds{4});
    REQUIRE(status_seen(stage, 1) == "nothing");
    stage.pass(seconds{1});
    const auto told = stage.messages(1);
    REQUIRE(told.size() == 1);
    const auto message = nlohmann::json::parse(told[0]);
    REQUIRE(message.at("type") == "health:update");
    REQUIRE(message.at("data").at("status") == "degraded");
    REQUIRE(message.at("data").at("error") == "nothing was heard of it for 15 s");
    stage.pass(seconds{60});
    REQUIRE(status_seen(stage, 1) == "nothing");
    stage.open(2, notice(Notice::exchanges));
    REQUIRE(status_seen(stage, 2) == "degraded");
    stage.hear(status(Breaker::closed, 0, 0));
    REQUIRE(stage.outline(1) == "health:update:");
    REQUIRE(status_seen(stage, 2) == "healthy");
    stage.hear(status(Breaker::closed, 0, 75));
    REQUIRE(stage.outline(1) == "metrics:update:");
}

TEST_CASE("a source that falls silent with its breaker open keeps its last error", "[notices]") {
    Theatre stage;
    stage.open(1, notice(Notice::exchanges));
    stage.hear(status(Breaker::open, 8, 0));
    stage.messages(1);
    stage.pass(std::chrono::seconds{15});
    const auto data = nlohmann::json::parse(stage.messages(1).at(0)).at("data");
    REQUIRE(data.at("status") == "failed");
    REQUIRE(data.at("error") == "nothing was heard of it for 15 s; its last error: refused");
    stage.hear(status(Breaker::closed, 0, 20));
    REQUIRE(stage.outline(1) == "breaker:reset:");
}

TEST_CASE("a status that was there before the server is as old as its log says", "[notices]") {
    Theatre stage;
    stage.hear(status(Breaker::closed, 0, 0), {}, std::chrono::hours{72});
    stage.open(1, notice(Notice::exchanges));
    REQUIRE(status_seen(stage, 1) == "degraded");
    stage.hear(status(Breaker::closed, 0, 5), {}, std::chrono::seconds{14});
    REQUIRE(status_seen(stage, 1) == "healthy");
    stage.pass(std::chrono::seconds{1});
    REQUIRE(status_seen(stage, 1) == "degraded");
}
