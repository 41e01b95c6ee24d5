#pragma once

// Keys of session tokens in files: how settings name them, and how they are read.

#include "wsserver/net/token_key.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace duel::wsserver {

// One of --jwt-key.
struct TokenKeyFile {
    enum class Kind { public_key, secret };  // a PEM; all bytes of the file as a secret

    std::string kid;
    std::string path;
    Kind kind = Kind::public_key;
};

// "KID=FILE" is a public key, "KID:HS256=FILE" a secret; empty where it is neither.
std::optional<TokenKeyFile> token_key_file_of(std::string_view setting);

// The key as it is in the file now. Throws std::runtime_error where it cannot be read,
// std::invalid_argument where it is none that may be used.
TokenKey key_in(const TokenKeyFile& file);

// All bytes of a file that is small enough for a key. Throws std::runtime_error.
std::string content_of_key_file(const std::string& path);

}  // namespace duel::wsserver
