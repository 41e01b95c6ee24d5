#pragma once

// What one message of an exchange says, whichever exchange it is.

#include "core/amount.hpp"
#include "core/time.hpp"
#include "core/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

// One price of a market, as the exchange told it. A trade has a size.
struct Observation {
    std::string_view market{};  // as the exchange spells it, valid until the next frame is read
    Amount price{};
    std::optional<Amount> size{};
    std::optional<Side> side{};  // the taker's
    std::optional<std::uint64_t> trade_id{};
    // How many ids the trade covers, ending with its own: exchanges that join trades say so. 0
    // where the exchange's ids do not follow one another within a market.
    std::uint64_t ids{1};
    std::optional<Timestamp> at{};  // nothing where the exchange does not say
    // Told because we subscribed: it may be long ago, and known.
    bool is_past{false};
};

// A frame that could be read.
struct FrameReading {
    enum class Kind {
        prices,        // `observations`
        acknowledged,  // a subscription
        heartbeat,     // the exchange says that it lives
        refused,       // a subscription or a request of ours; `reason`
        leaving,       // the exchange asks us to connect anew
        other,         // what we did not ask for, or do not need
    };

    Kind kind{Kind::other};
    std::vector<Observation> observations{};
    std::string reason{};
    // Number of the message on its connection, where the exchange counts them.
    std::optional<std::uint64_t> number{};

    void clear() {
        kind = Kind::other;
        observations.clear();
        reason.clear();
        number.reset();
    }
    void add(const Observation& observation) {
        kind = Kind::prices;
        observations.push_back(observation);
    }
};

}  // namespace duel::ingest
