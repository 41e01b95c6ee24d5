#include "tests/unit/wsserver/streams/theatre.hpp"

#include <catch2/catch.hpp>

using namespace theatre;
using namespace std::chrono_literals;

TEST_CASE("recent events are bounded, and what is left is one unbroken chain", "[recent]") {
    RecentEvents recent{{.bytes = 4'000, .age = 10s}};
    const auto add = [&](const char* key, std::uint64_t seq, std::uint64_t prev_seq, Instant at) {
        // Every other one as its record.
        RecentEvent event{.seq = seq, .prev_seq = prev_seq};
        if (seq % 2 == 0)
            event.message = std::make_shared<Message>(Message{"x", "T", 0});
        else
            event.record = "a record";
        recent.add(key, event, at);
    };
    const Instant start{100s};
    for (std::uint64_t seq = 1; seq <= 100; ++seq)
        add("a", seq, seq - 1, start);
    REQUIRE(recent.bytes() <= 4'000);
    REQUIRE_FALSE(recent.covers("a", 0, 100));
    const auto held = recent.count_after("a", 0);
    REQUIRE(recent.covers("a", 100 - held, 100));
    REQUIRE_FALSE(recent.covers("a", 100 - held - 1, 100));
    REQUIRE(recent.covers("a", 100, 100));
    REQUIRE_FALSE(recent.covers("a", 99, 101));
    add("a", 150, 140, start);  // a gap: what was before is of no use
    REQUIRE(recent.count_after("a", 0) == 1);
    add("a", 150, 140, start);  // a repetition
    REQUIRE(recent.count_after("a", 0) == 1);
    recent.trim(start + 11s);
    REQUIRE(recent.size() == 0);
    REQUIRE(recent.bytes() == 0);
}

TEST_CASE("what was kept as a record becomes a message once, when it is asked for", "[recent]") {
    RecentEvents recent{{.bytes = 1'000'000, .age = 10s}};
    const std::string large(100'000, 'x');
    for (std::uint64_t seq = 1; seq <= 20; ++seq) {
        auto record = std::to_string(seq) + large;
        recent.add("a", {.seq = seq, .prev_seq = seq - 1, .record = record}, Instant{100s});
        record.assign(record.size(), 'y');  // it was copied
    }
    REQUIRE(recent.count_after("a", 0) == 9);
    const auto before = recent.bytes();
    int composed = 0;
    const auto compose = [&](const RecentEvent& event) -> MessagePtr {
        ++composed;
        REQUIRE(event.record == std::to_string(event.seq) + large);
        if (event.seq == 17) return nullptr;
        return std::make_shared<Message>(Message{"message " + std::to_string(event.seq), "T", 0});
    };
    REQUIRE(recent.after("a", 13, 2, compose).back().message->text == "message 15");
    REQUIRE(recent.after("a", 13, 3, compose).size() == 3);
    REQUIRE(composed == 3);
    REQUIRE(recent.bytes() > before);
    // One that cannot be read ends the page, and nothing is proved any more.
    REQUIRE(recent.after("a", 13, 9, compose).size() == 3);
    REQUIRE_FALSE(recent.covers("a", 16, 20));
    REQUIRE(recent.bytes() == 0);
    recent.trim(Instant{111s});
    recent.add("a", {.seq = 21, .prev_seq = 20, .record = "21"}, Instant{111s});
    REQUIRE(recent.covers("a", 20, 21));
    REQUIRE(recent.size() == 1);
}
