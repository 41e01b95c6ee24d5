#pragma once

#include "watch/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duel::watch {

// One message of the server, with what every client needs to know about it at hand.
//
// Messages about a channel carry `channel`, `seq` and `cursor`; event messages also `prev_seq`.
// Others (pong, ERROR, SERVER_SHUTDOWN) have an empty `channel`.
struct Message {
    std::string type;
    std::string mode;  // "snapshot", "diff", or empty: complete
    std::string channel;
    std::string cursor;
    std::uint64_t seq = 0;
    std::optional<std::uint64_t> prev_seq;
    Json body;  // the whole message

    // Nothing where the text is not a JSON object with a `type`.
    static std::optional<Message> parse(std::string_view text);

    bool is_event() const { return prev_seq.has_value(); }
    // The `data` of the message; null where there is none.
    const Json& data() const;
};

// `UNKNOWN_CONTEST: there is no contest "x"`, from either form of error message.
std::string error_sentence(const Message& message);

}  // namespace duel::watch
