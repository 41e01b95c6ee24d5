#include "core/channel.hpp"

#include "core/cursor.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace duel;  // NOLINT(google-build-using-namespace)

namespace {

const std::vector<std::string> kAwkward{
    "a",
    "SOL",
    "7xKXtg2CW87d",
    "a/b",
    "%",
    "%2F",
    "100%/2",
    "a:b",
    "a|b",
    "é😀",
    "portfolio",
    " ",
    "//"};

std::string key(std::string_view text) {
    const auto channel = Channel::parse_key(text);
    return channel ? channel->key() : std::string{duel::text(channel.error().code)};
}

std::string wire(std::string_view text) {
    const auto channel = Channel::parse_wire_name(text, "me");
    return channel ? channel->key() : std::string{duel::text(channel.error().code)};
}

}  // namespace

TEST_CASE("a channel's key says what it is", "[channel]") {
    REQUIRE(Channel::market("SOL").key() == "market:SOL");
    REQUIRE(Channel::contest("cup/1").key() == "contest:cup/1");
    REQUIRE(Channel::portfolio("w").key() == "portfolio:w");
    REQUIRE(Channel::portfolio("w", "cup/1").key() == "portfolio:w/cup/1");
    REQUIRE(Channel::portfolio("50%/w", "c").key() == "portfolio:50%25%2Fw/c");
}

TEST_CASE("a portfolio's wire name leaves the wallet out", "[channel]") {
    REQUIRE(Channel::portfolio("w").wire_name() == "portfolio");
    REQUIRE(Channel::portfolio("w", "c").wire_name() == "portfolio:c");
    REQUIRE(Channel::market("SOL").wire_name() == "market:SOL");
    REQUIRE(wire("portfolio") == "portfolio:me");
    REQUIRE(wire("portfolio:a/b") == "portfolio:me/a/b");
    REQUIRE(wire("contest:x") == "contest:x");
}

TEST_CASE("every channel is read back from its key and its wire name", "[channel][property]") {
    std::vector<Channel> channels;
    for (const auto& a : kAwkward) {
        channels.push_back(Channel::market(a));
        channels.push_back(Channel::contest(a));
        channels.push_back(Channel::portfolio(a));
        for (const auto& b : kAwkward)
            channels.push_back(Channel::portfolio(a, b));
    }
    for (const auto& channel : channels) {
        INFO(channel.key());
        REQUIRE(Channel::parse_key(channel.key()).value() == channel);
        REQUIRE(Channel::parse_wire_name(channel.wire_name(), channel.wallet).value() == channel);
    }
}

TEST_CASE("what names no channel is refused", "[channel]") {
    for (const auto* name :
         {"",
          "market",
          "market:",
          "contest:",
          "portfolio:",
          "token:SOL",
          "Market:SOL",
          ":",
          " market:SOL"}) {
        INFO(name);
        REQUIRE(key(name) == "UNKNOWN_CHANNEL");
        REQUIRE(wire(name) == "UNKNOWN_CHANNEL");
    }
    REQUIRE(key("market:" + std::string(201, 'x')) == "UNKNOWN_CHANNEL");
    for (const auto* name :
         {"portfolio",
          "portfolio:/c",
          "portfolio:w/",
          "portfolio:%",
          "portfolio:%2",
          "portfolio:%41",
          "portfolio:%2f"}) {
        INFO(name);
        REQUIRE(key(name) == "UNKNOWN_CHANNEL");
    }
}

TEST_CASE("a cursor is one opaque word that is read back", "[cursor][property]") {
    const Cursor cursor{"00ff00ff00ff00ff", "market:SOL", 17};
    REQUIRE(cursor.text() == "MXwwMGZmMDBmZjAwZmYwMGZmfDE3fG1hcmtldDpTT0w");
    std::mt19937_64 random{5};
    for (const auto& a : kAwkward) {
        const Cursor other{"e1", Channel::portfolio(a, a).key(), random()};
        const std::string text = other.text();
        REQUIRE(
            text.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            ) == std::string::npos
        );
        REQUIRE(Cursor::parse(text).value() == other);
    }
}

TEST_CASE("a cursor that the server did not write is refused", "[cursor]") {
    const std::string good = Cursor{"e", "market:SOL", 17}.text();
    REQUIRE(Cursor::parse(good).has_value());
    for (const std::string& bad :
         {std::string{},
          good + "=",
          good + "A",
          good.substr(1),
          good.substr(0, 5),
          "!" + good,
          std::string{"MQ"},
          std::string(100'000, 'A')}) {
        INFO(bad.substr(0, 60));
        const auto parsed = Cursor::parse(bad);
        REQUIRE_FALSE(parsed.has_value());
        REQUIRE(text(parsed.error().code) == "INVALID_CURSOR");
    }
}

TEST_CASE(
    "a mutant of a cursor is refused or is another cursor's only text",
    "[cursor][property]"
) {
    std::mt19937_64 random{6};
    const std::string good = Cursor{"0123456789abcdef", "portfolio:w/c", 123456}.text();
    for (int i = 0; i < 20'000; ++i) {
        std::string mutant = good;
        mutant[random() % mutant.size()] = static_cast<char>(random() % 128);
        const auto parsed = Cursor::parse(mutant);
        if (parsed && parsed->text() != mutant) FAIL(mutant);
    }
}
