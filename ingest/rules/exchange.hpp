#pragma once

// What is peculiar to one exchange: how to subscribe, and how to read its frames.

#include "core/error.hpp"
#include "core/json_document.hpp"
#include "ingest/rules/letters.hpp"
#include "ingest/rules/observation.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

enum class Quotes {
    wanted,  // also best bids and offers or tickers: prices of markets where nobody trades
    unwanted,
};

struct Exchange {
    std::string_view name;
    std::string_view url;
    // As the market of a symbol in dollars is called: "BTC" → "BTC-USD".
    std::string (*market_of)(std::string_view symbol);
    // A market's name as frames have it, whatever the case of its letters: "btc-usd" → "BTC-USD".
    std::string (*spell)(std::string_view market){upper};
    // The messages that subscribe, in order.
    std::vector<std::string> (*subscribe)(const std::vector<std::string>& markets, Quotes quotes);
    // Reads one frame into a cleared reading, or says what is wrong with it: then it gives nothing.
    std::optional<Error> (*read)(const JsonNode& frame, FrameReading& out);
    // A message that the exchange answers; sent where it tells us nothing. Empty: it sends
    // heartbeats by itself.
    std::string_view question{};
    // The answer, where it is no JSON.
    std::string_view answer{};
    // How many markets one connection may follow.
    std::size_t most_markets{1'000};
    // The exchange compresses for who offers it (permessage-deflate).
    bool deflates{false};
};

}  // namespace duel::ingest
