#pragma once

// What is said about a line of an event file: what would become of its event, and why.

#include "core/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::event_files {

// Where a line stands: the file as the user named it, and its number from 1.
struct LinePlace {
    std::string_view file;
    std::uint64_t line{};
};

// What becomes of a line: its event is taken, or an error says why not.
struct LineVerdict {
    Result<Event> event;
    bool is_retry{false};  // taken without an effect: it is there already
};

// "INVALID_FIELD: price is 0; wanted a number above 0"
std::string reason_of(const Error& error);

// Appends `cup.jsonl:3: ok: trade, topic trades, key "cup-7"`, the same with `retry` instead of
// `ok`, or `cup.jsonl:4: ` and the reason, and a newline. The key is quoted as JSON, so that it
// stays on its line.
void append_verdict(const LinePlace& place, const LineVerdict& verdict, std::string& out);

// The same as an object of JSON on a line of its own: `file`, `line` and `verdict`, which is "ok"
// or "retry" beside `type`, `topic` and `key`, or "refused" beside `code`, `field`, `value` and
// `wanted`. What does not apply is left out; bytes of the file's name that are not UTF-8 become
// U+FFFD.
void append_verdict_json(const LinePlace& place, const LineVerdict& verdict, std::string& out);

}  // namespace duel::event_files
