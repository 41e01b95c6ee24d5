#include "ingest/rules/event_line.hpp"

#include "ingest/rules/record.hpp"

#include <catch2/catch.hpp>

using namespace duel;
using namespace duel::ingest;

TEST_CASE("a record is a line of its own bytes", "[dump]") {
    std::string out = "before\n";
    REQUIRE_FALSE(append_line(R"({"a": 1 , "b":"ä"})", out));
    REQUIRE(out == "before\n{\"a\": 1 , \"b\":\"ä\"}\n");
}

TEST_CASE("newlines between a record's tokens become spaces, and that is told", "[dump]") {
    std::string out;
    REQUIRE(append_line("{\n\"a\":\r\n1}", out));
    REQUIRE(out == "{ \"a\":\r 1}\n");
}

TEST_CASE("the bytes of a record that was read go out unchanged", "[record]") {
    const std::string line =
        R"( {"price" : 1.50, "timestamp":1700000000000,"symbol":"SOL", "type":"price","x":[ ]} )";
    Decoder decoder;
    OutgoingRecord record;
    keep_record(decoder.decode(line).value(), line, record);
    REQUIRE(record.value == line);
    REQUIRE(record.topic == Topic::prices);
    REQUIRE(record.key == "SOL");
    REQUIRE(record.type == "price");
}

TEST_CASE("a record made here is keyed by contest, or by wallet outside contests", "[record]") {
    Trade trade;
    trade.wallet_address = "w1";
    OutgoingRecord record;
    encode_record(trade, record);
    REQUIRE(record.key == "w1");
    trade.contest_id = "c1";
    encode_record(trade, record);
    REQUIRE(record.key == "c1");
    REQUIRE(record.value.starts_with(R"({"type":"trade")"));
}
