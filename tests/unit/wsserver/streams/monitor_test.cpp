#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

void watch(Theatre& stage, ConnectionId who) {
    Opening opening;
    opening.notice = Notice::monitor;
    stage.open(who, opening);
}

ConnectionRow row(ConnectionId id, const std::string& wallet) {
    return {
        .id = id,
        .endpoint = "v2_market",
        .wallet = wallet,
        .ip = "10.0.0.1",
        .connected_at = kWall};
}

// Answers the question that was asked, from two connections; "nothing" where none was asked.
std::string answer(Theatre& stage, std::uint64_t messages_out = 0) {
    if (!stage.survey) return "nothing";
    Survey survey;
    survey.by_endpoint["v2_market"] = 2;
    survey.traffic.messages_out = messages_out;
    survey.traffic.errors[Code::forbidden] = messages_out;
    const bool has_rows = std::exchange(stage.survey, {}) == SurveyOf::rows;
    if (has_rows) survey.rows = {row(0x10, "w1"), row(0x11, "w2")};
    stage.board.on_survey(survey, stage.now());
    stage.settle();
    return has_rows ? "rows" : "sums";
}

void happen(Theatre& stage, const std::string& wallet, std::size_t times = 1) {
    const LifecycleEvent event{
        .what = "connected", .at = kWall, .id = 0x10, .wallet = wallet, .ip = "10.0.0.1"};
    stage.board.on_lifecycle(std::vector<LifecycleEvent>(times, event), 0);
    stage.settle();
}

void choose(Theatre& stage, ConnectionId who, MonitorFilter filter) {
    stage.board.change(who, {.monitor = MonitorDemand{.filter = std::move(filter)}}, stage.now());
    stage.settle();
}

nlohmann::json last(Theatre& stage, ConnectionId who) {
    return nlohmann::json::parse(stage.messages(who).back());
}

Result<Change> heed(const std::string& text) {
    return heed_monitor(demand(text), {});
}

}  // namespace

TEST_CASE("an admin first sees every connection, and what happened lately", "[monitor]") {
    Theatre stage;
    happen(stage, "w1");
    watch(stage, 1);
    happen(stage, "w2");
    REQUIRE(stage.seen(1).empty());
    REQUIRE(answer(stage) == "rows");
    REQUIRE(
        stage.seen(1) ==
        R"({"type":"MONITOR_SNAPSHOT","data":{"connections":[{"id":"10","endpoint":"v2_market",)"
        R"("wallet":"w1","ip":"10.0.0.1","state":"open","connected_at":"2025-11-13T19:00:00Z",)"
        R"("idle_ms":0,"messages_in":0,"messages_out":0,"queue_bytes":0},{"id":"11",)"
        R"("endpoint":"v2_market","wallet":"w2","ip":"10.0.0.1","state":"open",)"
        R"("connected_at":"2025-11-13T19:00:00Z","idle_ms":0,"messages_in":0,"messages_out":0,)"
        R"("queue_bytes":0}],"matching":2,"total":2,"events":[{"event":"connected","id":"10",)"
        R"("wallet":"w1","ip":"10.0.0.1","timestamp":"2025-11-13T19:00:00Z"},)"
        R"({"event":"connected","id":"10","wallet":"w2","ip":"10.0.0.1",)"
        R"("timestamp":"2025-11-13T19:00:00Z"}]},"timestamp":"2025-11-13T19:00:00Z"})"
        "\n"
    );
    happen(stage, "w3");
    REQUIRE(last(stage, 1).at("data").at("wallet") == "w3");
}

TEST_CASE("rates come once a second, only while somebody watches", "[monitor]") {
    Theatre stage;
    stage.pass(std::chrono::seconds{5});
    REQUIRE(answer(stage) == "nothing");
    watch(stage, 1);
    answer(stage, 100);
    stage.messages(1);
    stage.pass(std::chrono::milliseconds{900});
    REQUIRE(answer(stage) == "nothing");
    stage.pass(std::chrono::milliseconds{1'100});
    REQUIRE(answer(stage, 300) == "sums");
    const auto stats = last(stage, 1);
    REQUIRE(stats.at("type") == "MONITOR_STATS");
    REQUIRE(stats.at("data").at("messages_out_per_second") == 100);
    REQUIRE(stats.at("data").at("connections").at("v2_market") == 2);
    REQUIRE(stats.at("data").at("errors").at("FORBIDDEN") == 200);
    stage.board.close(1);
    stage.pass(std::chrono::seconds{5});
    REQUIRE(answer(stage) == "nothing");
}

TEST_CASE("a filter chooses connections and events", "[monitor]") {
    Theatre stage;
    watch(stage, 1);
    answer(stage);
    stage.messages(1);
    choose(stage, 1, {.wallet = "w2"});
    REQUIRE(answer(stage) == "rows");
    const auto data = last(stage, 1).at("data");
    REQUIRE(data.at("connections").size() == 1);
    REQUIRE(data.at("connections").at(0).at("id") == "11");
    REQUIRE(data.at("total") == 2);
    happen(stage, "w1");
    REQUIRE(stage.seen(1).empty());
    happen(stage, "w2");
    REQUIRE(stage.messages(1).size() == 1);
}

TEST_CASE(
    "an admin that reads too slowly gets the newest events and how many are lost",
    "[monitor]"
) {
    Theatre stage;
    watch(stage, 1);
    answer(stage);
    stage.messages(1);
    stage.board.congested(1);
    happen(stage, "w1", MonitorBoard::kMostEvents + 7);
    REQUIRE(stage.seen(1).empty());
    stage.board.drained(1, stage.now());
    stage.settle();
    REQUIRE(stage.messages(1).size() == MonitorBoard::kMostEvents);
    stage.pass(std::chrono::seconds{1});
    answer(stage);
    REQUIRE(last(stage, 1).at("data").at("events_lost") == 7);
}

TEST_CASE("an admin closes a connection that is there", "[monitor]") {
    Theatre stage;
    watch(stage, 1);
    stage.open(0x22, {});
    answer(stage);
    stage.messages(1);
    stage.board.change(1, heed(R"({"type":"close_connection","id":"22"})").value(), stage.now());
    stage.settle();
    REQUIRE(
        stage.seen(1) == R"({"type":"CONNECTION_CLOSING","data":{"id":"22"}})"
                         "\n"
    );
    REQUIRE(stage.closings.at(0).who == 0x22);
    REQUIRE(stage.closings.at(0).code == 1008);
    stage.board.change(1, heed(R"({"type":"CLOSE_CONNECTION","id":"33"})").value(), stage.now());
    stage.settle();
    REQUIRE(last(stage, 1).at("error").at("code") == "INVALID_FIELD");
}

TEST_CASE("what an admin asks for is checked", "[monitor]") {
    REQUIRE(heed(R"({"type":"FILTER"})").value().monitor->filter->limit == 500);
    REQUIRE(
        heed(R"({"type":"FILTER","state":"slow"})").value().monitor->filter->state ==
        ConnectionState::slow
    );
    for (const auto* bad :
         {R"({"type":"FILTER","endpoint":"nowhere"})",
          R"({"type":"FILTER","state":"happy"})",
          R"({"type":"FILTER","wallet":1})",
          R"({"type":"FILTER","limit":10001})",
          R"({"type":"CLOSE_CONNECTION"})",
          R"({"type":"CLOSE_CONNECTION","id":"xyz"})",
          R"({"type":"CLOSE_CONNECTION","id":"11112222333344445"})"})
        REQUIRE(heed(bad).error().code == Code::invalid_field);
    REQUIRE(heed(R"({"type":"dance"})").error().code == Code::unknown_message);
}
