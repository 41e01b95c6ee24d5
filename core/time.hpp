#pragma once

#include "core/error.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel {

// When something happened, UTC, as precise as Postgres's timestamptz. Years 1970 to 9999.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// Reads ISO-8601 in its extended form with a time of day and `Z` or `+00:00`:
// "2025-11-13T19:15:12.648Z". Digits past microseconds are cut. Days that the calendar does not
// have, leap seconds and 24:00 are refused.
Result<Timestamp> parse_timestamp(std::string_view text);

// From milliseconds since 1970. Refuses what is outside the years 1970 to 9999.
Result<Timestamp> from_epoch_ms(std::int64_t ms);

// ISO-8601 with `Z`; no fraction, 3 or 6 digits, whichever is the shortest exact:
// "2025-11-13T19:15:12.648Z".
std::string text(Timestamp at);
void append_to(std::string& out, Timestamp at);

}  // namespace duel
