#include "core/json_writer.hpp"

#include "core/words.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace duel;  // NOLINT(google-build-using-namespace)

TEST_CASE("objects and lists get their commas", "[json]") {
    std::string out;
    JsonWriter writer{out};
    writer.begin_object().key("a").begin_array().end_array();
    writer.key("b")
        .begin_array()
        .value(1)
        .value(-2)
        .begin_object()
        .end_object()
        .begin_array()
        .value(true)
        .end_array()
        .end_array();
    writer.key("c").begin_object().field("d", "e").field("f", "g").end_object().end_object();
    REQUIRE(out == R"({"a":[],"b":[1,-2,{},[true]],"c":{"d":"e","f":"g"}})");
}

TEST_CASE("every kind of value is written as the wire wants it", "[json]") {
    std::string out;
    JsonWriter writer{out};
    const Amount amount = Amount::parse("12345678901234567890.000000000000000001").value();
    writer.begin_object()
        .field("number", amount)
        .field_text("text", amount)
        .field("int", std::int64_t{INT64_MIN})
        .field("big", std::uint64_t{UINT64_MAX})
        .field("yes", true)
        .field("side", Side::sell)
        .field("at", parse_timestamp("2025-11-13T19:15:12.648Z").value())
        .field("there", std::optional{1})
        .field("absent", std::optional<std::string>{})
        .field_text("absent too", std::optional<Amount>{})
        .field_raw("raw", "[1]")
        .end_object();
    REQUIRE(
        out ==
        R"({"number":12345678901234567890.000000000000000001,"text":"12345678901234567890.000000000000000001",)"
        R"("int":-9223372036854775808,"big":18446744073709551615,"yes":true,"side":"sell",)"
        R"("at":"2025-11-13T19:15:12.648Z","there":1,"raw":[1]})"
    );
}

TEST_CASE("a writer appends to what is there and adds no comma to it", "[json]") {
    std::string out = "prefix";
    JsonWriter{out}.begin_array().value(1).end_array();
    REQUIRE(out == "prefix[1]");
}

TEST_CASE("texts that end like brackets do not confuse the commas", "[json]") {
    std::string out;
    JsonWriter{out}.begin_array().value("{").value("[").value(":").value("").end_array();
    REQUIRE(out == R"(["{","[",":",""])");
}

TEST_CASE("every byte below 128 survives writing and reading by another library", "[json]") {
    std::string text;
    for (char c = 0; c < 127; ++c)
        text += c;
    text += "é😀";
    std::string out;
    append_json_string(out, text);
    REQUIRE(nlohmann::json::parse(out).get<std::string>() == text);
    for (const char c : out)
        REQUIRE((c < 0 || c >= 0x20));
}

TEST_CASE("a text is escaped the same wherever its special byte stands", "[json]") {
    for (std::size_t length = 0; length < 140; ++length) {
        const std::string plain(length, 'x');
        std::string out;
        append_json_string(out, plain);
        REQUIRE(out == '"' + plain + '"');
        for (std::size_t at = 0; at < length; ++at) {
            for (const char special : {'\x1f', '"', '\\', '\x7f', '\xff', ' '}) {
                auto text = plain;
                text[at] = special;
                std::string expected = plain;
                const bool is_escaped = special == '"' || special == '\\';
                if (special == '\x1f')
                    expected.replace(at, 1, "\\u001f");
                else
                    expected.replace(
                        at, 1, is_escaped ? std::string{'\\', special} : std::string{special}
                    );
                out.clear();
                append_json_string(out, text);
                REQUIRE(out == '"' + expected + '"');
            }
        }
    }
}
