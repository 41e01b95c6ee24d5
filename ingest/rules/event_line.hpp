#pragma once

// A record of the log as a line of an event file.

#include <string>
#include <string_view>

namespace duel::ingest {

// Appends the record's bytes and a newline. JSON allows newlines between its tokens and nowhere
// else, so a record that holds some stays the same event when each becomes a space; true where that
// was done.
bool append_line(std::string_view record, std::string& out);

}  // namespace duel::ingest
