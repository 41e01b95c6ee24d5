#include "event_files/line_verdict.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::event_files;

namespace {

const std::string kStarted =
    R"({"type":"contest_started","contest_id":"cup \"7\"","timestamp":"2026-02-09T10:00:00Z"})";
const std::string kFree = R"({"type":"price","symbol":"SOL","price":"0","timestamp":0})";

std::string verdict(const std::string& record, bool is_retry = false) {
    const LinePlace place{"a.jsonl", 7};
    std::string out;
    append_verdict(place, {Decoder{}.decode(record), is_retry}, out);
    return out;
}

std::string json(const std::string& record, const LinePlace& place = {"a.jsonl", 7}) {
    std::string out;
    append_verdict_json(place, {Decoder{}.decode(record)}, out);
    return out;
}

}  // namespace

TEST_CASE("a line that would be taken is told with its type, topic and key", "[check]") {
    REQUIRE(
        verdict(kStarted) == "a.jsonl:7: ok: contest_started, topic trades, key \"cup \\\"7\\\"\"\n"
    );
    REQUIRE(
        json(kStarted) ==
        R"({"file":"a.jsonl","line":7,"verdict":"ok","type":"contest_started","topic":"trades","key":"cup \"7\""})"
        "\n"
    );
}

TEST_CASE("a line whose effect is there already is a retry", "[check]") {
    REQUIRE(
        verdict(kStarted, true) ==
        "a.jsonl:7: retry: contest_started, topic trades, key \"cup \\\"7\\\"\"\n"
    );
}

TEST_CASE("a refused line is told with code, field, value and what was wanted", "[check]") {
    REQUIRE(
        verdict(kFree) == "a.jsonl:7: INVALID_FIELD: price is \"0\"; wanted a number above 0\n"
    );
    REQUIRE(
        json(kFree) ==
        R"({"file":"a.jsonl","line":7,"verdict":"refused","code":"INVALID_FIELD","field":"price","value":"\"0\"","wanted":"a number above 0"})"
        "\n"
    );
}

TEST_CASE("a code is named once where there is nothing to quote", "[check]") {
    REQUIRE(verdict("") == "a.jsonl:7: MALFORMED_JSON; wanted one JSON object\n");
    REQUIRE(
        json("") ==
        R"({"file":"a.jsonl","line":7,"verdict":"refused","code":"MALFORMED_JSON","wanted":"one JSON object"})"
        "\n"
    );
}

TEST_CASE("names of files come out as valid JSON, whole and however long", "[check]") {
    const std::string long_name = std::string(71, 'x') + "\xE2\x82\xAC" + std::string(300, 'y');
    REQUIRE(json(kFree, {long_name, 1}).starts_with("{\"file\":\"" + long_name + "\",\"line\":1"));
    REQUIRE(json(kFree, {"a\xFF.jsonl", 1}).starts_with("{\"file\":\"a\xEF\xBF\xBD.jsonl\""));
    REQUIRE(json(kFree, {"a\"b", 1}).starts_with(R"({"file":"a\"b")"));
}
