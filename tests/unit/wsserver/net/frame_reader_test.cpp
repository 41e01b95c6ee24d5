#include "wsserver/net/frame_reader.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

// Cases and expectations after the sections of RFC 6455 and those of the Autobahn test suite.

using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

namespace {

using What = FrameReader::What;

constexpr std::size_t kMost = 70'000;
constexpr bool kFinal = true;
constexpr bool kMore = false;

struct Head {
    int opcode;
    bool is_final = kFinal;
    int reserved = 0;
    bool is_masked = true;
    int length_bytes = -1;  // as short as can be
};

std::string frame(Head head, std::string payload, std::uint64_t length) {
    std::string out;
    out += static_cast<char>((head.is_final ? 0x80 : 0) | head.reserved << 4 | head.opcode);
    const int bytes = head.length_bytes >= 0 ? head.length_bytes
                      : length > 0xFFFF      ? 8
                      : length > 125         ? 2
                                             : 0;
    const auto short_length = bytes == 8 ? 127U : bytes == 2 ? 126U : static_cast<unsigned>(length);
    out += static_cast<char>((head.is_masked ? 0x80U : 0U) | short_length);
    for (int i = bytes - 1; i >= 0; --i)
        out += static_cast<char>(length >> 8 * i);
    if (!head.is_masked) return out + payload;
    const std::string mask = "\x37\xFA\x21\x3D";
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    return out + mask + payload;
}
std::string frame(Head head, const std::string& payload = {}) {
    return frame(head, payload, payload.size());
}

std::string close_payload(int code, const std::string& reason = {}) {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason;
}

// "text Hello", "ping x", "close 1000", "refused 1002", one after the other.
std::vector<std::string> events(const std::string& bytes, const std::vector<std::size_t>& cuts) {
    FrameReader reader{kMost};
    std::vector<std::string> found;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const auto end = i < cuts.size() ? cuts[i] : bytes.size();
        std::string piece = bytes.substr(begin, end - begin);
        std::span<char> left{piece};
        while (true) {
            const auto event = reader.next(left);
            const std::string payload{event.payload};
            if (event.what == What::nothing) break;
            if (event.what == What::text) found.push_back("text " + payload);
            if (event.what == What::binary) found.emplace_back("binary");
            if (event.what == What::ping) found.push_back("ping " + payload);
            if (event.what == What::pong) found.push_back("pong " + payload);
            if (event.what == What::close) found.push_back("close " + std::to_string(event.code));
            if (event.what == What::refused)
                found.push_back("refused " + std::to_string(event.code));
        }
        begin = end;
    }
    return found;
}

// The same whole, byte by byte and in random pieces.
void expect(const std::string& bytes, const std::vector<std::string>& wanted) {
    std::vector<std::size_t> every;
    for (std::size_t i = 1; i < std::min<std::size_t>(bytes.size(), 3'000); ++i)
        every.push_back(i);
    REQUIRE(events(bytes, {}) == wanted);
    REQUIRE(events(bytes, every) == wanted);
    std::mt19937 random{1};
    for (int i = 0; i < 5; ++i) {
        std::vector<std::size_t> cuts;
        for (std::size_t at = random() % 50; at < bytes.size(); at += 1 + random() % 20'000)
            cuts.push_back(at);
        REQUIRE(events(bytes, cuts) == wanted);
    }
}

}  // namespace

TEST_CASE("messages of every length arrive", "[frames]") {
    for (const std::size_t size : {0, 1, 125, 126, 127, 65'535, 65'536, 70'000})
        expect(frame({1}, std::string(size, 'a')), {"text " + std::string(size, 'a')});
    expect(frame({1}, "a") + frame({1}, "b"), {"text a", "text b"});
    expect(frame({2}, "a"), {"binary"});
}

TEST_CASE("a message in pieces is one, and control frames may stand within", "[frames]") {
    expect(frame({1, kMore}, "Hel") + frame({0}, "lo"), {"text Hello"});
    expect(frame({1, kMore}) + frame({0, kMore}) + frame({0}), {"text "});
    expect(
        frame({1, kMore}, "a") + frame({9}, "p") + frame({0, kMore}, "b") + frame({10}, "q") +
            frame({0}, "c") + frame({1}, "d"),
        {"ping p", "pong q", "text abc", "text d"}
    );
    // A character that is cut in two by frames is whole again.
    expect(frame({1, kMore}, "\xCE") + frame({0}, "\xBA"), {"text \xCE\xBA"});
}

TEST_CASE("what is reserved, unmasked or out of order is a protocol error", "[frames]") {
    for (const int reserved : {1, 2, 3, 4, 7}) {
        expect(frame({1, kFinal, reserved}, "a"), {"refused 1002"});
        expect(frame({9, kFinal, reserved}), {"refused 1002"});
    }
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        expect(frame({opcode}, "a") + frame({1}, "b"), {"refused 1002"});
    expect(frame({1, kFinal, 0, false}, "a"), {"refused 1002"});
    expect(frame({0}, "a"), {"refused 1002"});
    expect(frame({0, kMore}, "a"), {"refused 1002"});
    expect(frame({1, kMore}, "a") + frame({1}, "b"), {"refused 1002"});
    expect(frame({1, kMore}, "a") + frame({2}, "b"), {"refused 1002"});
    expect(frame({1}, "a") + frame({0}, "b"), {"text a", "refused 1002"});
}

TEST_CASE("control frames are whole and short", "[frames]") {
    for (const int opcode : {8, 9, 10}) {
        expect(frame({opcode, kMore}), {"refused 1002"});
        expect(frame({opcode}, std::string(126, 'a')), {"refused 1002"});
        expect(frame({opcode}, {}, std::uint64_t{1} << 40U), {"refused 1002"});
    }
    expect(frame({9}, std::string(125, '\xFE')), {"ping " + std::string(125, '\xFE')});
}

TEST_CASE("lengths are as short as they can be, and never negative", "[frames]") {
    expect(frame({1, kFinal, 0, true, 2}, "a"), {"refused 1002"});
    expect(frame({1, kFinal, 0, true, 8}, "a"), {"refused 1002"});
    expect(frame({1, kFinal, 0, true, 8}, std::string(65'535, 'a')), {"refused 1002"});
    expect(frame({1}, {}, ~std::uint64_t{0}), {"refused 1002"});
    expect(frame({1}, {}, std::uint64_t{1} << 63U), {"refused 1002"});
}

TEST_CASE("a message beyond the limit is refused by its header", "[frames]") {
    expect(frame({1}, {}, kMost + 1), {"refused 1009"});
    expect(frame({1}, {}, ~std::uint64_t{0} >> 1U), {"refused 1009"});
    expect(frame({1, kMore}, std::string(kMost, 'a')) + frame({0}, {}, 1), {"refused 1009"});
}

TEST_CASE("texts are UTF-8", "[frames]") {
    expect(
        frame({1}, "\xCE\xBA\xE1\xBD\xB9\xF4\x8F\xBF\xBF"),
        {"text \xCE\xBA\xE1\xBD\xB9\xF4\x8F\xBF\xBF"}
    );
    for (const auto* text :
         {"\xC3",
          "\xED\xA0\x80",
          "\xF4\x90\x80\x80",
          "\xC0\xAF",
          "\xF8\x88\x80\x80\x80",
          "\xFF",
          "a\x80"}) {
        expect(frame({1}, text), {"refused 1007"});
        expect(frame({1, kMore}, text) + frame({0}), {"refused 1007"});
        expect(frame({8}, close_payload(1000, text)), {"refused 1007"});
    }
}

TEST_CASE("close codes are those that may be sent", "[frames]") {
    expect(frame({8}), {"close 1005"});
    expect(frame({8}, "\x03"), {"refused 1002"});
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014, 3000, 4408, 4999}) {
        expect(frame({8}, close_payload(code)), {"close " + std::to_string(code)});
        expect(frame({8}, close_payload(code, "why")), {"close " + std::to_string(code)});
    }
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65'535})
        expect(frame({8}, close_payload(code)), {"refused 1002"});
}

TEST_CASE("bytes of any kind end in an event or wait for more", "[frames]") {
    std::mt19937 random{2};
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes;
        for (std::size_t n = random() % 40; n > 0; --n)
            bytes += static_cast<char>(random());
        if (!bytes.empty() && random() % 2 == 0)
            bytes[0] = static_cast<char>(0x80U | random() % 16);
        REQUIRE(events(bytes, {}) == events(bytes, {bytes.size() / 2}));
    }
}
