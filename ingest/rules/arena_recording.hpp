#pragma once

// A recorded contest: every fill of some wallets in a public trading arena, one CSV file a wallet.
//
// Reads the text of its files; who opens them is not this part's business. Fees are never negative
// in these files; a row with a negative one would be refused like any other row that is not an
// event.

#include "core/amount.hpp"
#include "core/error.hpp"
#include "core/events/trade.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::ingest {

// One executed order of one wallet. `shares` is what was traded; the file's signed cash amount and
// its own profit are left out, they follow from the rest.
struct ArenaFill {
    Timestamp at{};
    std::string symbol;
    Side side{};
    Amount shares;
    Amount price;
    Amount fee;
    std::size_t participant{};  // index in the contest's list
    std::uint64_t line{};       // in the wallet's file, the header being line 1
};

// Is this the first line of a wallet's file?
bool is_arena_header(std::string_view row);

// Time, symbol, side, shares, price and fee of a row; the caller adds participant and line.
Result<ArenaFill> parse_fill(std::string_view row);

// "grok-4" from "hyperliquid-grok-4-trade-history-2026-02-10.csv.zst"; empty for other files.
std::optional<std::string> slug_of_file(std::string_view file_name);

// "grok-4-20" from "Grok 4.20": small letters and digits, everything else becomes one dash.
std::string slug_of_model(std::string_view model);

struct TrackedWallet {
    std::string wallet_address;
    std::string model;
};

// The list in `tracked-wallets.json`.
Result<std::vector<TrackedWallet>> parse_tracked_wallets(std::string_view json);

// What a wallet had put in when the contest ran: account value less profit at the first point of
// its portfolio file after its first fill. (The points before show a test deposit of 50; the
// contest's money came between them and the first fills, a week apart in the file.) Empty when no
// point is that late.
Result<std::optional<Amount>> parse_put_in(std::string_view portfolio_json, Timestamp first_fill);

}  // namespace duel::ingest
