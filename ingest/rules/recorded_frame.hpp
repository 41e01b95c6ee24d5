#pragma once

// A line of a recorded session with an exchange, in the two forms that recorders write:
// `<epoch seconds>: <message>` (also `<url> <- <epoch>: <message>` for what the client sent, and
// `<url> <-> <epoch>` for a connection), and `<epoch> <message>` in micro- or nanoseconds.

#include "core/time.hpp"

#include <optional>
#include <string_view>

namespace duel::ingest {

struct RecordedFrame {
    enum class Kind { received, sent, connected };

    Kind kind{Kind::received};
    Timestamp at{};
    std::string_view message{};  // a part of the line
};

// Nothing where the line is of neither form.
std::optional<RecordedFrame> parse_recorded_frame(std::string_view line);

}  // namespace duel::ingest
