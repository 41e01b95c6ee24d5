#pragma once

// The keys that session tokens are verified with: the shared secret for tokens without a `kid`, and
// one a `kid` from files, several at once so that keys can rotate.
//
// Files are read again when they change. One that cannot be read then, or holds no key that would
// be taken at the start, leaves the key as it was, and the log says so.

#include "platform/file_watch.hpp"
#include "wsserver/net/token_key.hpp"
#include "wsserver/net/token_key_file.hpp"

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace duel::wsserver {

class TokenKeys {
public:
    // An empty secret is none. Throws platform::SettingError where the secret is too short, a file
    // holds no key that may be used, a `kid` is there twice, or no key is there at all.
    TokenKeys(
        std::string_view secret,
        const std::vector<TokenKeyFile>& files,
        std::chrono::milliseconds pace
    );

    // The key of tokens with that `kid`, or of those without; null where there is none. It lives as
    // long as this. Any thread, without a lock.
    const TokenKey* find(const std::string* kid) const;

private:
    // Keys that were replaced stay, since a thread may be at work with one: some kilobytes a
    // rotation. (An atomic shared_ptr would free them, but that of g++ 12 lets a reader go before
    // it has read.)
    struct Held {
        TokenKeyFile file;
        std::vector<std::unique_ptr<const TokenKey>> all;  // of the watch's thread
        std::atomic<const TokenKey*> now{nullptr};         // the last of them
    };
    static void read(Held& held);
    static void read_again(Held& held);

    std::unique_ptr<const TokenKey> shared_secret_;
    std::map<std::string, Held> by_kid_;  // which there are never changes
    platform::FileWatch watch_;           // last: it changes the keys above
};

}  // namespace duel::wsserver
