#pragma once

#include "core/error.hpp"
#include "core/feed/contest.hpp"
#include "core/feed/kind.hpp"
#include "core/feed/market.hpp"
#include "core/feed/portfolio.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace duel {
class JsonDocument;
}

// The records of topic `feed`: what the projector tells the WebSocket servers. Key: Channel::key().
//
// On a channel records come in the order of `seq`, events before the states of the same batch.
// After a crash some come twice: readers drop events with a seq up to the channel's last event, and
// states older than the newest of their type.
namespace duel::feed {

// THE list of bodies; they stand in core/feed/.
using Body =
    std::variant<Price, Volume, Sentiment, Contest, Leaderboard, Activity, Trade, Portfolio>;

// What stands before every body.
struct Head {
    std::string channel{};  // Channel::key()
    std::string epoch{};
    std::string shard{};  // "contest/3"
    std::uint64_t seq{0};
    // Of events only: the event before on the channel, 0 for the first.
    std::optional<std::uint64_t> prev_seq{};

    bool operator==(const Head&) const = default;
};

struct Record {
    Head head;
    Body body;

    bool operator==(const Record&) const = default;
};

std::string_view type_of(const Body& body);
Kind kind_of(const Body& body);

// Appends the record as JSON; amounts are numbers with their exact digits.
void encode(const Head& head, const Body& body, std::string& out);
// The same of a body that is not in a Body.
template <class B>
void encode_body(const Head& head, const B& body, std::string& out);
inline void encode(const Record& record, std::string& out) {
    encode(record.head, record.body, out);
}

// The head of a record and what kind of body follows, as views into it.
struct Outline {
    std::string_view channel{};
    std::string_view epoch{};
    std::uint64_t seq{0};
    Kind kind{Kind::state};
    std::string_view type{};
    std::optional<std::uint64_t> prev_seq{};  // there for every event
};

// Looks at the head without reading the body, for readers that need few of the records: a tenth of
// the work of decoding. Knows only the spelling of encode(); nothing for any other, and for texts
// with escapes: those have to be decoded.
std::optional<Outline> outline(std::string_view record);

// Reads records of the feed. Holds buffers that it uses again: one per thread. Unknown fields are
// ignored.
class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    Result<Record> decode(std::string_view record);

private:
    std::unique_ptr<JsonDocument> document_;
};

}  // namespace duel::feed
