#pragma once

// A recorded market tape: the trades of an exchange's public stream as sized ticks.

#include "core/error.hpp"
#include "core/events/price.hpp"

#include <optional>
#include <string_view>

namespace duel::ingest {

// Is this the first line of a tape?
bool is_tape_header(std::string_view row);

// The tick of a trade's row; nothing for a quote, which carries no trade. The side is the taker's,
// the timestamp the exchange's, the source the market (`spot`, `usdm`, `cm`). A pair or perpetual
// becomes the token it trades: BTCUSDT and BTCUSD_PERP are BTC. The COIN-M market (`cm`) counts
// contracts, 100 dollars of BTC or 10 of anything else each; their size is turned into tokens at
// the trade's price.
Result<std::optional<Price>> parse_tape_row(std::string_view row);

}  // namespace duel::ingest
