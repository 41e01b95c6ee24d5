#include "platform/postgres/binary_copy.hpp"
#include "platform/postgres/params.hpp"

#include <catch2/catch.hpp>

#include <fmt/format.h>

using namespace duel;
using namespace duel::platform;

namespace {

std::string hex(std::string_view bytes) {
    std::string out;
    for (unsigned char c : bytes)
        out += fmt::format("{:02x}", c);
    return out;
}

// One parameter as its type and bytes.
template <class T>
std::string sent(const T& value) {
    Params params;
    params.add(value);
    auto bytes = params.bytes(0);
    return std::to_string(params.type(0)) + " " + (bytes ? hex(*bytes) : "null");
}

template <class Range>
std::string sent_array(const Range& values) {
    Params params;
    params.add_array(values);
    return std::to_string(params.type(0)) + " " + hex(*params.bytes(0));
}

Timestamp at(const char* iso) {
    return parse_timestamp(iso).value();
}

}  // namespace

// The expected bytes are what PostgreSQL 15's own send functions (int2send, numeric_send,
// timestamptz_send, array_send…) gave for the same values.

TEST_CASE("parameters travel in Postgres's binary formats", "[postgres]") {
    CHECK(sent(std::int16_t{-2}) == "21 fffe");
    CHECK(sent(std::int32_t{258}) == "23 00000102");
    CHECK(sent(std::int64_t{-1}) == "20 ffffffffffffffff");
    CHECK(sent(true) == "16 01");
    CHECK(sent(1.5) == "701 3ff8000000000000");
    CHECK(sent("héllo") == "25 68c3a96c6c6f");
    CHECK(sent(std::string()) == "25 ");
    CHECK(sent(Bytes{std::string_view("\0\xff", 2)}) == "17 00ff");
    CHECK(sent(Json{"{}"}) == "3802 017b7d");
    CHECK(sent(at("2025-11-13T19:15:12.648Z")) == "1184 0002e67d780a1340");
    CHECK(sent(at("1999-12-31T23:59:59.999999Z")) == "1184 ffffffffffffffff");
    CHECK(sent(Amount::parse("-12345.678").value()) == "1700 0003000140000012000109291a7c");
}

TEST_CASE("an absent optional is NULL of its type", "[postgres]") {
    CHECK(sent(std::optional<std::int64_t>()) == "20 null");
    CHECK(sent(std::optional<std::string>()) == "25 null");
    CHECK(sent(std::optional<Amount>()) == "1700 null");
    CHECK(sent(std::optional<bool>(false)) == "16 00");
}

TEST_CASE("an empty text is not NULL", "[postgres]") {
    Params params;
    params.add(std::string_view()).add_null();
    REQUIRE(params.bytes(0)->data() != nullptr);
    REQUIRE(params.bytes(0)->empty());
    REQUIRE_FALSE(params.bytes(1));
}

TEST_CASE("arrays are one parameter, as unnest takes them", "[postgres]") {
    CHECK(
        sent_array(std::vector<std::int32_t>{1, 2}) ==
        "1007 000000010000000000000017000000020000000100000004000000010000000400000002"
    );
    CHECK(sent_array(std::vector<std::int64_t>{}) == "1016 000000000000000000000014");
    CHECK(
        sent_array(std::vector<std::optional<std::string>>{"a", std::nullopt}) ==
        "1009 0000000100000001000000190000000200000001"
        "0000000161"
        "ffffffff"
    );
    CHECK(
        sent_array(std::vector<bool>{true, false}) ==
        "1000 0000000100000000000000100000000200000001"
        "0000000101"
        "0000000100"
    );
}

TEST_CASE("parameters that are used again forget the ones before", "[postgres]") {
    Params params;
    params.add(std::int32_t{1}).add("text");
    params.clear();
    params.add("other");
    REQUIRE(params.size() == 1);
    REQUIRE(*params.bytes(0) == "other");
}

TEST_CASE("COPY has its header, then every row with its field count", "[postgres]") {
    BinaryCopy copy("trades", {"scope_no", "trade_id", "\"offset\""});
    REQUIRE(
        copy.statement() ==
        "copy trades (scope_no, trade_id, \"offset\") from stdin (format binary)"
    );
    REQUIRE(copy.empty());
    std::string header =
        "5047434f50590aff0d0a00"
        "00000000"
        "00000000";
    REQUIRE(hex(copy.bytes()) == header);

    copy.row(std::int16_t{7}, "ab", std::nullopt);
    copy.row(std::int64_t{1}, std::string(), std::optional<bool>(true));
    REQUIRE(copy.size() == 2);
    REQUIRE(
        hex(copy.bytes()) == header +
                                 "0003"
                                 "000000020007"
                                 "000000026162"
                                 "ffffffff"
                                 "0003"
                                 "000000080000000000000001"
                                 "00000000"
                                 "0000000101"
    );
    copy.clear();
    REQUIRE(copy.empty());
    REQUIRE(hex(copy.bytes()) == header);
}

TEST_CASE("a row of another width than its COPY is a mistake", "[postgres]") {
    BinaryCopy copy("trades", {"a", "b"});
    REQUIRE_THROWS_AS(copy.row(std::int16_t{1}), std::logic_error);
    REQUIRE(copy.empty());
}

TEST_CASE("times survive the way to Postgres's epoch and back", "[postgres]") {
    for (const char* iso :
         {"1970-01-01T00:00:00Z", "2000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"}) {
        REQUIRE(wire::from_postgres_microseconds(wire::postgres_microseconds(at(iso))) == at(iso));
    }
}
