#include "tests/fuzz/target.hpp"
#include "wsserver/net/frame_reader.hpp"

#include <random>
#include <simdjson.h>
#include <vector>

// Frames: the first byte chooses the limit and where the others are cut.
namespace duel::fuzz {
namespace {

using wsserver::FrameReader;
using What = FrameReader::What;

struct Seen {
    What what;
    std::string payload;
    std::uint16_t code;
    bool operator==(const Seen&) const = default;
};

void check(const FrameReader::Event& event, std::size_t most_bytes) {
    const auto size = event.payload.size();
    switch (event.what) {
        case What::text:
            require(simdjson::validate_utf8(event.payload), "a text is UTF-8");
            [[fallthrough]];
        case What::binary:
            return require(size <= most_bytes, "a message is within the limit");
        case What::ping:
        case What::pong:
            return require(size <= 125, "a control frame is short");
        case What::close:
            require(size <= 123, "a reason is short");
            return require(simdjson::validate_utf8(event.payload), "a reason is UTF-8");
        case What::refused:
            require(event.code == 1002 || event.code == 1007 || event.code == 1009, "a known code");
            return require(!event.payload.empty(), "a refusal says why");
        case What::nothing:
            return;
    }
}

// Pieces of 0 to `longest` bytes each; 0: all at once.
std::vector<Seen>
read(std::string_view bytes, std::size_t most_bytes, unsigned seed, std::size_t longest) {
    FrameReader reader{most_bytes};
    std::minstd_rand random{seed};
    std::vector<Seen> seen;
    for (std::size_t begin = 0; begin < bytes.size();) {
        const auto wanted = longest == 0 ? bytes.size() : random() % (longest + 1);
        std::string piece{bytes.substr(begin, wanted)};
        begin += piece.size();
        std::span<char> left{piece};
        while (true) {
            const auto event = reader.next(left);
            check(event, most_bytes);
            if (event.what == What::nothing) break;
            require(seen.empty() || seen.back().what != What::refused, "a refusal is the last");
            seen.push_back({event.what, std::string{event.payload}, event.code});
        }
    }
    return seen;
}

// The event as a client would send it, in one frame with a mask of zeros.
std::string frame_of(const Seen& event) {
    constexpr std::uint16_t kNoCode = 1005;
    std::string payload = event.payload;
    if (event.what == What::close && event.code != kNoCode)
        payload = std::string{static_cast<char>(event.code >> 8U), static_cast<char>(event.code)} +
                  payload;
    const unsigned opcode = event.what == What::text     ? 1
                            : event.what == What::binary ? 2
                            : event.what == What::close  ? 8
                            : event.what == What::ping   ? 9
                                                         : 10;
    std::string out{static_cast<char>(0x80U | opcode)};
    if (payload.size() <= 125) {
        out += static_cast<char>(0x80U | payload.size());
    } else {
        out += static_cast<char>(0xFE);
        out += static_cast<char>(payload.size() >> 8U);
        out += static_cast<char>(payload.size());
    }
    return out.append(4, '\0') + payload;
}

}  // namespace

void try_input(std::string_view bytes) {
    if (bytes.empty()) return;
    const unsigned choice = static_cast<unsigned char>(bytes[0]);
    const std::size_t most_bytes = choice % 2 == 0 ? 300 : 60'000;
    const auto frames = bytes.substr(1);
    const auto whole = read(frames, most_bytes, choice, 0);
    require(whole == read(frames, most_bytes, choice, 1), "bytes one by one are the same frames");
    require(whole == read(frames, most_bytes, choice, 40), "pieces are the same frames");

    std::string again;
    std::vector<Seen> wanted;
    for (const auto& event : whole) {
        if (event.what == What::refused) break;
        again += frame_of(event);
        wanted.push_back(event);
    }
    require(read(again, most_bytes, choice, 0) == wanted, "what was read can be sent again");
}

}  // namespace duel::fuzz
