#include "core/amount.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

// The expected bytes are what a Postgres 15 server sends for `select '…'::numeric(38,18)` in binary
// format.

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

std::string hex(std::string_view bytes) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && i % 2 == 0) out += ' ';
        const auto byte = static_cast<unsigned char>(bytes[i]);
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

std::string bytes(std::string_view hexadecimal) {
    std::string out;
    for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += hexadecimal[i] == ' ' ? 1 : 2) {
        if (hexadecimal[i] != ' ')
            out += static_cast<char>(std::stoi(std::string{hexadecimal.substr(i, 2)}, nullptr, 16));
    }
    return out;
}

std::string sent(std::string_view number) {
    std::string out;
    append_numeric_binary(out, Amount::parse(number).value());
    return hex(out);
}

std::string received(std::string_view hexadecimal) {
    const auto amount = from_numeric_binary(bytes(hexadecimal));
    return amount ? amount->text() : amount.error().wanted;
}

}  // namespace

TEST_CASE("an amount is sent to Postgres as numeric_send would send it", "[amount][postgres]") {
    REQUIRE(sent("0") == "0000 0000 0000 0012");
    REQUIRE(sent("1") == "0001 0000 0000 0012 0001");
    REQUIRE(sent("-1") == "0001 0000 4000 0012 0001");
    REQUIRE(sent("10000") == "0001 0001 0000 0012 0001");
    REQUIRE(sent("12345.6789") == "0003 0001 0000 0012 0001 0929 1a85");
    REQUIRE(sent("0.5") == "0001 ffff 0000 0012 1388");
    REQUIRE(sent("0.00001") == "0001 fffe 0000 0012 03e8");
    REQUIRE(sent("0.000000000000000001") == "0001 fffb 0000 0012 0064");
    REQUIRE(sent("-10000.0001") == "0003 0001 4000 0012 0001 0000 0001");
    REQUIRE(
        sent("99999999999999999999.999999999999999999") ==
        "000a 0004 0000 0012 270f 270f 270f 270f 270f 270f 270f 270f 270f 26ac"
    );
}

TEST_CASE("a numeric of any scale is received exactly", "[amount][postgres]") {
    REQUIRE(received("0000 0000 0000 0000") == "0");
    REQUIRE(received("0000 0000 0000 0012") == "0");
    REQUIRE(received("0001 0000 0000 0000 0001") == "1");
    REQUIRE(received("0003 0001 0000 0004 0001 0929 1a85") == "12345.6789");
    REQUIRE(received("0001 fffb 4000 0012 0064") == "-0.000000000000000001");
    REQUIRE(received("0002 0000 0000 0002 0001 0000") == "1");
    REQUIRE(received("0002 0005 0000 0000 0000 0001") == "10000000000000000");
}

TEST_CASE("a numeric that no amount can hold is refused", "[amount][postgres]") {
    REQUIRE(received("0000 0000 c000 0000") == "a finite numeric");
    REQUIRE(received("0000 0000 d000 0000") == "a finite numeric");
    REQUIRE(received("0000 0000 f000 0000") == "a finite numeric");
    REQUIRE(received("0001 0005 0000 0000 0001") == "a number below 10^20");
    REQUIRE(received("0001 7fff 0000 0000 0001") == "a number below 10^20");
    REQUIRE(received("0001 fffb 0000 0014 0001") == "a number with at most 18 decimal places");
    REQUIRE(received("0001 8000 0000 0014 0001") == "a number with at most 18 decimal places");
    REQUIRE(received("0001 0000 0000 0000 2710") == "digits below 10,000");
    REQUIRE(received("0002 0000 0000 0000 0001") == "as many digits as the numeric announces");
    REQUIRE(received("0001 0000 0000") == "a numeric of at least 8 bytes");
    REQUIRE(received("") == "a numeric of at least 8 bytes");
}

TEST_CASE("what is sent is what is received", "[amount][postgres][property]") {
    std::mt19937_64 random{7};
    for (int i = 0; i < 100'000; ++i) {
        const UInt128 wide = ((UInt128{random()} << 64U) | random()) >> (random() % 128);
        const auto units = static_cast<Int128>(wide % static_cast<UInt128>(Amount::kLimit));
        const Amount amount = Amount::from_units(random() % 2 == 0 ? units : -units);
        std::string out;
        append_numeric_binary(out, amount);
        const auto back = from_numeric_binary(out);
        if (!back || *back != amount) FAIL(amount.text() << " as " << hex(out));
    }
}
