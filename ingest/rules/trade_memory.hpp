#pragma once

// Which trades of a source have been seen, so that those told again after a reconnect are dropped.
//
// By the exchange's trade id, the last `most` of all markets together; where it gives none, by
// time: what a new connection tells of times up to the newest before it is known. Gaps are seen
// where the ids of a market follow one another. One thread.

#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <unordered_set>
#include <vector>

namespace duel::ingest {

class TradeMemory {
public:
    explicit TradeMemory(std::size_t most) : most_{most} {}

    struct Answer {
        bool is_new;
        std::uint64_t missed;  // ids between the market's newest and this one
    };

    // `market` is a small number. `ids` as Observation has it.
    Answer see(std::size_t market, std::uint64_t trade_id, std::uint64_t ids);
    // A trade without an id.
    bool see(std::size_t market, Timestamp at);
    bool knows(std::size_t market, std::uint64_t trade_id) const;
    // Was any trade of the market seen?
    bool knows(std::size_t market) const;

    // Trades without ids: from now on times up to the newest are known.
    void reconnected();

private:
    struct Key {
        std::uint64_t trade_id;
        std::size_t market;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const {
            return (key.trade_id + key.market * 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U;
        }
    };
    struct Market {
        std::optional<std::uint64_t> newest_id{};
        std::optional<Timestamp> newest{};
        std::optional<Timestamp> known_until{};
    };

    Market& market_at(std::size_t market);

    std::size_t most_;
    std::unordered_set<Key, Hash> known_{};
    std::vector<Key> order_{};  // a ring, once it is full
    std::size_t oldest_{0};
    std::vector<Market> markets_{};
};

}  // namespace duel::ingest
