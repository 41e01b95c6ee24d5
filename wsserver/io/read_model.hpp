#pragma once

// The questions of the streams, asked in SQL.
//
// Each is answered from one REPEATABLE READ transaction that also reads where the channel's shard
// stands, so rows and seq fit together. Throws what platform/postgres throws.

#include "platform/postgres.hpp"
#include "wsserver/streams/output.hpp"
#include "wsserver/streams/snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace duel::wsserver {

// Epoch of the active model; empty while no shard was ever taken.
std::string read_epoch(platform::Connection& connection);

Snapshot read_snapshot(platform::Connection& connection, const Channel& channel);

// Event messages of `ask.channel` after `ask.after`. `count_limit`: EventsPage::missed is counted
// no further than one above it.
EventsPage read_events(platform::Connection& connection, const Ask& ask, std::uint64_t count_limit);

// Every token that was announced or has a price.
std::vector<TokenRow> read_tokens(platform::Connection& connection);

// What performance_24h of a portfolio compares with; nothing where it has no history yet.
std::optional<Baseline> read_baseline(platform::Connection& connection, const Channel& portfolio);

// The contests in which a wallet has a portfolio.
std::vector<std::string>
read_contests_of(platform::Connection& connection, const std::string& wallet);

}  // namespace duel::wsserver
