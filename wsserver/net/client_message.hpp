#pragma once

// What clients say. Every message is one JSON object with a `type`.

#include "core/error.hpp"
#include "wsserver/streams/demand.hpp"
#include "wsserver/streams/message.hpp"
#include "wsserver/streams/now.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace duel::wsserver {

struct Ping {};
struct Pong {};
struct Authenticate {
    std::string token;
};
// No message at all.
struct BadMessage {
    Code code;
    std::string sentence;  // never quotes the message: it may hold a token
    std::string type{};    // where it has one
};
using ClientMessage = std::variant<Ping, Pong, Authenticate, Demand, BadMessage>;

inline constexpr int kMaxMessageDepth = 16;

ClientMessage read_client_message(std::string_view text);

// Answers.
MessagePtr pong(Timestamp now);
MessagePtr authenticated(std::string_view wallet, Timestamp expires_at, Timestamp now);
MessagePtr token_expiring(Timestamp expires_at, Timestamp now);
MessagePtr server_shutdown(std::chrono::milliseconds retry_after, Timestamp now);

}  // namespace duel::wsserver
