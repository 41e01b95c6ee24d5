#pragma once

// What is said about a line of an event file: whether its event would be taken, and why not.

#include "core/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::ingest {

// Where a line stands: the file as the user named it, and its number from 1.
struct LinePlace {
    std::string_view file;
    std::uint64_t line{};
};

// "INVALID_FIELD: price is 0; wanted a number above 0"
std::string reason_of(const Error& error);

// Appends `cup.jsonl:3: ok: trade, topic trades, key "cup-7"` or `cup.jsonl:4: ` and the reason,
// and a newline. The key is quoted as JSON, so that it stays on its line.
void append_verdict(const LinePlace& place, const Result<Event>& event, std::string& out);

// The same as an object of JSON on a line of its own: `file`, `line` and `verdict`, which is "ok"
// beside `type`, `topic` and `key`, or "refused" beside `code`, `field`, `value` and `wanted`. What
// does not apply is left out; bytes of the file's name that are not UTF-8 become U+FFFD.
void append_verdict_json(const LinePlace& place, const Result<Event>& event, std::string& out);

}  // namespace duel::ingest
