#pragma once

// A message to clients: encoded once, shared by everybody who gets it.

#include "core/channel.hpp"
#include "core/error.hpp"
#include "core/json_writer.hpp"
#include "wsserver/streams/dialect.hpp"
#include "wsserver/streams/now.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace duel::wsserver {

struct Message {
    std::string text;
    std::string_view type;          // static text such as "MARKET_PRICE", for metrics
    std::int64_t logged_at_ms = 0;  // log time of the newest record in it; 0 where none led to it
    std::optional<Code> error{};    // of an error message
};
using MessagePtr = std::shared_ptr<const Message>;

// Where a message stands on its channel.
struct Place {
    const Channel& channel;
    std::string_view epoch;
    std::uint64_t seq = 0;
    std::optional<std::uint64_t> prev_seq{};  // event messages only
};

// Whether a state message is whole or a difference; written only for clients that asked.
enum class Mode { snapshot, diff };

// What every message about a channel has in common; the rest is written by its stream.
//
//     Envelope envelope{"MARKET_PRICE", place};
//     envelope.data().field("symbol", symbol);
//     return envelope.finish(logged_at_ms);
class Envelope {
public:
    // `size` is how much room to take at first.
    Envelope(
        std::string_view type,
        const Place& place,
        std::optional<Mode> mode = {},
        std::size_t size = 512
    );

    // Fields that stand beside `channel`; only before data().
    JsonWriter& beside() { return writer_; }
    // The fields of `data`; opened by the first call.
    JsonWriter& data();
    // Closes `data` where it is open; then `timestamp` beside it, where the type has one.
    MessagePtr finish(std::int64_t logged_at_ms, std::optional<Timestamp> timestamp = {});

private:
    std::shared_ptr<Message> message_;
    JsonWriter writer_;
    bool in_data_ = false;
};

// UNSUBSCRIBED from a channel on which nothing came yet; otherwise it has a place.
MessagePtr unsubscribed(const Channel& channel);

// What is wrong, in words for a client.
struct Complaint {
    Code code;
    std::string sentence;
    std::string channel{};   // that it is about
    std::string original{};  // type of the message that it answers, as the client spelled it
};
Complaint about(const Error& error, std::string channel = {}, std::string original = {});

// v2: {"type":"ERROR","error":{"code","message","details"?}}, where `details` has the channel.
// v69: {"type":"error","code","message","error","details","originalType"?,"timestamp"}, where
// `error` is the message once more and `details` names the channel, or is the message too.
MessagePtr error_message(Dialect dialect, const Complaint& complaint, Timestamp now);

}  // namespace duel::wsserver
