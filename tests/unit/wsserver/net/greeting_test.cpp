#include "wsserver/net/greeting.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::wsserver;

namespace {

const Timestamp kNow = parse_timestamp("2025-11-13T19:00:00Z").value();
const Identity kAnn{"w1", "ann", false};

}  // namespace

TEST_CASE("v69 says who the client is, beside data and inside", "[greeting]") {
    REQUIRE(
        connection_status({}, kNow)->text ==
        R"({"type":"connection_status","status":"connected","authenticated":false,)"
        R"("data":{"status":"connected","authenticated":false},"timestamp":"2025-11-13T19:00:00Z"})"
    );
    REQUIRE(
        connection_status(kAnn, kNow)->text ==
        R"({"type":"connection_status","status":"authenticated","authenticated":true,"userId":"w1",)"
        R"("data":{"status":"authenticated","authenticated":true,"userId":"w1"},)"
        R"("timestamp":"2025-11-13T19:00:00Z"})"
    );
    REQUIRE(authentication_succeeded(kAnn, kNow, kNow)
                ->text.starts_with(
                    R"({"type":"authentication_result","status":"success","userId":"w1",)"
                ));
    REQUIRE(
        authentication_failed("no", kNow)
            ->text.starts_with(R"({"type":"authentication_result","status":"failed","error":"no",)")
    );
    REQUIRE(json_ping(kNow)->text == R"({"type":"ping","timestamp":"2025-11-13T19:00:00Z"})");
}

TEST_CASE("errors have the form of the client's generation", "[greeting]") {
    const Complaint complaint{Code::unknown_contest, "no such contest", "contest:x", "JOIN_ROOM"};
    REQUIRE(
        error_message(Dialect::v2, complaint, kNow)->text ==
        R"({"type":"ERROR","error":{"code":"UNKNOWN_CONTEST","message":"no such contest",)"
        R"("details":{"channel":"contest:x"}}})"
    );
    REQUIRE(
        error_message(Dialect::v69, complaint, kNow)->text ==
        R"({"type":"error","code":"UNKNOWN_CONTEST","message":"no such contest",)"
        R"("error":"no such contest","details":"contest:x","originalType":"JOIN_ROOM",)"
        R"("timestamp":"2025-11-13T19:00:00Z"})"
    );
    REQUIRE(
        error_message(Dialect::v69, {Code::token_expired, "late"}, kNow)->text ==
        R"({"type":"error","code":"TOKEN_EXPIRED","message":"late","error":"late",)"
        R"("details":"late","timestamp":"2025-11-13T19:00:00Z"})"
    );
}
