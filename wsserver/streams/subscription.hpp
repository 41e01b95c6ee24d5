#pragma once

// What a client asked to follow, and how.

#include "core/channel.hpp"
#include "core/cursor.hpp"
#include "wsserver/streams/dialect.hpp"
#include "wsserver/streams/notice.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace duel::wsserver {

// One connection, for the streams only a number.
using ConnectionId = std::uint64_t;

struct Options {
    bool states = true;                        // false: event messages only
    bool diff = false;                         // state messages as differences after the first
    std::size_t top = 100;                     // of a leaderboard
    std::string viewer{};                      // whose row a leaderboard always shows
    std::vector<std::string> intervals{"1m"};  // of market volume
};

// One channel to follow.
struct Wish {
    Channel channel;
    Options options;
};

// The cursors that a client brought back.
struct Since {
    std::map<std::string, Cursor> cursors;  // by channel key
    std::set<std::string> invalid{};        // channel keys whose cursor could not be read
    bool has_invalid = false;               // one could not be read, of whichever channel

    static Since parse(const std::vector<std::string>& texts);

    // For one channel: nothing asked, a cursor, or one that cannot be honoured. An unreadable
    // cursor may have been meant for any channel that has none, so none of those gets a silent
    // hole.
    struct Answer {
        bool invalid = false;
        std::optional<Cursor> cursor;
    };
    Answer of(const std::string& channel_key) const;
    // The same, once: what was answered is forgotten.
    Answer take(const std::string& channel_key);
    // Adds those of a later message, which count where both have one.
    void merge(const Since& later);
};

// A world of its own for a connection, in place of the real one.
struct Simulation {
    double rate = 1;  // steps a second
    std::uint64_t seed = 1;
};

// Everything that a connection follows from its start.
struct Opening {
    std::vector<Wish> wishes{};
    // Event messages of all portfolios of this wallet, those of contests yet to come included.
    std::optional<std::string> trades_of{};
    Since since{};
    std::optional<Notice> notice{};
    Dialect dialect = Dialect::v2;
    std::optional<Simulation> simulation{};
};

}  // namespace duel::wsserver
