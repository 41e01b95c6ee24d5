#include "wsserver/streams/simulations.hpp"

#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;
using namespace std::chrono_literals;

namespace {

Result<Opening> opened(const std::string& text) {
    const auto target = Target::parse(text).value();
    const auto found = match(target.path);
    const Identity ann{"w1", "ann", false};
    return found->endpoint->open({found->id, target, ann, 100});
}

// What a client of that target sees in so many seconds.
std::vector<std::string> seen(const std::string& target, int seconds) {
    Simulations simulations{StreamSettings{}};
    Output out;
    const Instant start{1h};
    simulations.open(1, opened(target).value(), {start, kWall});
    for (auto passed = 0ms; passed <= seconds * 1000ms; passed += 5ms)
        simulations.settle({start + passed, kWall + passed}, out);
    std::vector<std::string> texts;
    for (const auto& delivery : out.deliveries)
        texts.push_back(delivery.message->text);
    return texts;
}

std::size_t count(const std::vector<std::string>& texts, const std::string& part) {
    return static_cast<std::size_t>(std::count_if(
        texts.begin(), texts.end(), [&](const auto& text) { return text.find(part) != text.npos; }
    ));
}

std::string refusal(const std::string& target) {
    const auto opening = opened(target);
    return opening ? "" : opening.error().field;
}

}  // namespace

TEST_CASE("the same seed shows the same world, another seed another", "[simulation]") {
    const auto first = seen("/api/v2/ws/test/market?seed=7&rate=10", 5);
    REQUIRE(first.size() > 40);
    REQUIRE(first == seen("/api/v2/ws/test/market?seed=7&rate=10", 5));
    REQUIRE(first != seen("/api/v2/ws/test/market?seed=8&rate=10", 5));
}

TEST_CASE("a simulated portfolio trades at the rate that is asked for", "[simulation]") {
    for (const auto rate : {2, 5}) {
        const auto texts =
            seen("/api/v2/ws/test/portfolio?contest_id=c1&rate=" + std::to_string(rate), 10);
        const auto trades = count(texts, R"("TRADE_EXECUTED")");
        const auto active = static_cast<std::size_t>(10 * rate - SimulatedWorld::kActiveFrom);
        REQUIRE(trades >= active);
        REQUIRE(trades <= active + 2);
        // The limits of the real streams hold.
        REQUIRE(count(texts, R"("PORTFOLIO_UPDATED")") <= 12);
        REQUIRE(count(texts, R"("PRICE_UPDATED")") > 0);
    }
}

TEST_CASE("a simulated contest begins, ends, and begins again", "[simulation]") {
    const auto texts = seen("/api/v2/ws/test/contest?rate=10&top=3", 11);
    for (const auto* status : {"upcoming", "active", "completed"})
        REQUIRE(count(texts, std::string{R"("status":")"} + status) > 0);
    REQUIRE(count(texts, R"("current_round":3)") > 0);
    REQUIRE(count(texts, R"("PARTICIPANT_ACTIVITY")") > 100);
    REQUIRE(count(texts, R"("LEADERBOARD_UPDATED")") > 10);
    REQUIRE(count(texts, R"("reason":"epoch_changed")") == 1);
}

TEST_CASE("no event message of a simulation is missing", "[simulation]") {
    const auto texts = seen("/api/v2/ws/test/contest?rate=10", 9);
    std::uint64_t before = 0;
    for (const auto& text : texts) {
        const auto message = nlohmann::json::parse(text);
        if (message.at("type") != "PARTICIPANT_ACTIVITY") continue;
        REQUIRE(message.at("prev_seq") == before);
        before = message.at("seq").get<std::uint64_t>();
    }
    REQUIRE(before > 0);
}

TEST_CASE("rates and seeds that are none are refused", "[simulation]") {
    for (const auto* rate : {"0", "-1", "1001", "nan", "fast", ""})
        REQUIRE(refusal("/api/v2/ws/test/market?rate=" + std::string{rate}) == "rate");
    REQUIRE(refusal("/api/v2/ws/test/contest?seed=-1") == "seed");
    REQUIRE(refusal("/api/v2/ws/test/portfolio?rate=0.5&seed=3").empty());
}

TEST_CASE("every error and every close comes when it is asked for", "[simulation]") {
    const auto asked = [](const std::string& text) {
        const auto change = heed_test_errors(demand(text), {});
        if (!change) return std::string{duel::text(change.error().code)};
        return "close " + std::to_string(change->hang_up.value_or(0));
    };
    for (const auto* code : {"MALFORMED_JSON", "TOO_SLOW", "PROCESSING_ERROR"})
        REQUIRE(asked(R"({"type":"error","code":")" + std::string{code} + "\"}") == code);
    for (const auto* code : {"1000", "1008", "1013", "4408", "4429"})
        REQUIRE(
            asked(R"({"type":"close","code":)" + std::string{code} + "}") ==
            "close " + std::string{code}
        );
    for (const auto* text :
         {R"({"type":"close","code":1006})",
          R"({"type":"close"})",
          R"({"type":"close","code":70000})",
          R"({"type":"error","code":"OOPS"})",
          R"({"type":"error","code":1})"})
        REQUIRE(asked(text) == "INVALID_FIELD");
}
