#include "core/error.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace duel;  // NOLINT(google-build-using-namespace)

TEST_CASE(
    "the sentence of an error names the field, what stood there and what was wanted",
    "[error]"
) {
    REQUIRE(
        Error{Code::invalid_field, "amount", "\"-1\"", "a number above 0"}.sentence() ==
        "amount is \"-1\"; wanted a number above 0"
    );
    REQUIRE(
        Error{Code::invalid_field, "amount", "", "a number above 0"}.sentence() ==
        "amount is missing; wanted a number above 0"
    );
    REQUIRE(
        Error{Code::malformed_json, "", "{,}", "one JSON object"}.sentence() ==
        "{,}; wanted one JSON object"
    );
    REQUIRE(
        Error{Code::malformed_json, "", "", "one JSON object"}.sentence() ==
        "MALFORMED_JSON; wanted one JSON object"
    );
    REQUIRE(Error{Code::server_full, "", "", ""}.sentence() == "SERVER_FULL");
}

TEST_CASE("an excerpt has at most 80 characters, counted as characters", "[error]") {
    REQUIRE(excerpt("short") == "short");
    REQUIRE(excerpt(std::string(80, 'x')) == std::string(80, 'x'));
    REQUIRE(excerpt(std::string(81, 'x')) == std::string(79, 'x') + "…");
    std::string accents, shorter;
    for (int i = 0; i < 81; ++i)
        accents += "é";
    for (int i = 0; i < 79; ++i)
        shorter += "é";
    REQUIRE(excerpt(accents) == shorter + "…");
}

TEST_CASE(
    "an excerpt is UTF-8 that Postgres and terminals can take, whatever the bytes were",
    "[error]"
) {
    REQUIRE(
        excerpt(std::string_view{"a\0b", 3}) ==
        "a\xEF\xBF\xBD"
        "b"
    );
    REQUIRE(excerpt("a\x1B[31mb") == "a\xEF\xBF\xBD[31mb");
    REQUIRE(excerpt("a\r\n\tb") == "a   b");
    REQUIRE(excerpt("\x80") == "\xEF\xBF\xBD");
    REQUIRE(excerpt("\xC0\xAF") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    REQUIRE(excerpt("\xED\xA0\x80").find('\xED') == std::string::npos);
    REQUIRE(excerpt("\xF4\x90\x80\x80").find('\xF4') == std::string::npos);
    REQUIRE(excerpt("\xE2\x82") == "\xEF\xBF\xBD\xEF\xBF\xBD");
    REQUIRE(excerpt("😀é€") == "😀é€");
}

TEST_CASE("asking a refused result for its value throws the sentence", "[error]") {
    const Result<int> result = Error{Code::invalid_field, "round", "x", "a whole number"};
    REQUIRE_THROWS_WITH(result.value(), "round is x; wanted a whole number");
}
