#include "ingest/rules/csv_row.hpp"

#include <catch2/catch.hpp>

#include <array>

using duel::ingest::split_row;

TEST_CASE("a row is split at its commas, empty fields included", "[csv]") {
    std::array<std::string_view, 4> fields;
    REQUIRE(split_row("a,,c,\r", fields) == 4);
    REQUIRE(fields == std::array<std::string_view, 4>{"a", "", "c", ""});
    REQUIRE(split_row("", fields) == 1);
    REQUIRE(split_row("1,2,3,4,5,6", fields) == 6);
    REQUIRE(fields[3] == "4");
}
