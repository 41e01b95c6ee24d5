#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;

namespace {

Announcement announcement(ServiceStatus status, int seconds = 0) {
    return {status, "words", kWall + std::chrono::seconds{seconds}};
}

}  // namespace

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
