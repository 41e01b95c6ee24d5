#pragma once

// What Postgres knows of a channel, read in one transaction, in the words of the feed: so a stream
// has one form of everything, wherever it came from.

#include "core/feed.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace duel::wsserver {

struct MarketRows {
    std::string name;  // of the token; empty where it has none
    std::optional<feed::Price> price;
    std::vector<feed::Volume> volumes;  // the newest candle of each interval
    std::optional<feed::Sentiment> sentiment;
};

struct ContestRows {
    feed::Contest contest;
    std::vector<feed::LeaderboardRow> leaderboard;
    Timestamp ranked_at;
};

// Equity and put in of 24 hours ago, or the first that are known.
struct Baseline {
    Amount equity;
    Amount put_in;

    bool operator==(const Baseline&) const = default;
};

struct PortfolioRows {
    feed::Portfolio portfolio;  // every position that is not flat, with the shard's mark
    std::map<std::string, std::string> names{};  // of the tokens held, by symbol
    std::optional<Baseline> baseline;
    bool is_final = false;  // of a contest that has ended: its marks stay as they are
};

struct Snapshot {
    std::string epoch{};
    std::uint64_t seq = 0;             // of the channel's shard; 0 where nothing is there yet
    std::uint64_t last_event_seq = 0;  // of the channel
    // Nothing: the contest is unknown.
    std::optional<std::variant<MarketRows, ContestRows, PortfolioRows>> rows{};
};

// A token, whether it was announced or only traded, with what it cost.
struct TokenRow {
    std::string symbol{};
    std::string name{};  // the symbol where it has none
    std::optional<std::int64_t> decimals{};
    std::optional<std::string> image_url{};
    std::optional<Amount> supply{};
    std::optional<Amount> price{};
    std::optional<Amount> change_24h{};
    Amount volume_24h{};
    Amount volume_5m{};
    std::optional<Amount> price_5m_ago{};
    std::optional<Amount> price_1h_ago{};
    Timestamp at{};  // of the price

    bool has_same_metadata(const TokenRow& other) const {
        return name == other.name && decimals == other.decimals && image_url == other.image_url &&
               supply == other.supply;
    }
    void take_price(const TokenRow& other) {
        price = other.price;
        change_24h = other.change_24h;
        volume_24h = other.volume_24h;
        at = other.at;
    }
    bool operator==(const TokenRow&) const = default;
};

// Event messages after a cursor, oldest first.
struct EventsPage {
    std::string epoch{};
    std::uint64_t seq = 0;     // of the channel's shard when it was read
    std::uint64_t after = 0;   // where it begins, as asked
    std::uint64_t missed = 0;  // how many there were in all, where that was asked for
    bool is_last = false;      // nothing was left at `seq`
    std::vector<feed::Record> events{};
};

}  // namespace duel::wsserver
