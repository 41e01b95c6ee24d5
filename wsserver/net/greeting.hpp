#pragma once

// What only clients of v69 are told about their connection. Fields stand inside `data` too: some
// read them there.

#include "wsserver/streams/endpoint.hpp"
#include "wsserver/streams/message.hpp"

#include <string_view>

namespace duel::wsserver {

// Who we think the client is; nobody where `who` has no wallet.
MessagePtr connection_status(const Identity& who, Timestamp now);

MessagePtr authentication_succeeded(const Identity& who, Timestamp expires_at, Timestamp now);
MessagePtr authentication_failed(std::string_view reason, Timestamp now);

// These clients show life where they are asked to; none has to answer.
MessagePtr json_ping(Timestamp now);

}  // namespace duel::wsserver
