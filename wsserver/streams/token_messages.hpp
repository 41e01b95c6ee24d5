#pragma once

// How tokens are written for clients of v69: numbers as texts, "0" where they are not known.

#include "wsserver/streams/message.hpp"
#include "wsserver/streams/snapshot.hpp"

#include <vector>

namespace duel::wsserver {

// The token object alone.
void write_token(JsonWriter& writer, const TokenRow& token);

MessagePtr token_data(const TokenRow& token, std::int64_t logged_at_ms, Timestamp now);
MessagePtr token_metadata(const TokenRow& token, Timestamp now);
// `type` is tokens_subscribed or tokens_unsubscribed.
MessagePtr
tokens_named(std::string_view type, const std::vector<std::string>& symbols, Timestamp now);

}  // namespace duel::wsserver
