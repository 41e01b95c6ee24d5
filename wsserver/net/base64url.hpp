#pragma once

// Base64 for URLs without padding (RFC 4648, section 5), read strictly.
//
// Decoding refuses padding, foreign characters, impossible lengths and stray bits in the last
// character, so that one value has exactly one text.

#include <optional>
#include <string>
#include <string_view>

namespace duel::wsserver {

std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace duel::wsserver
