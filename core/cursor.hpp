#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace duel {

// Where a client stands on a channel. Opaque to clients: they keep the text and bring it back.
struct Cursor {
    std::string epoch;  // identity of the numbering; without `|`
    std::string channel_key;
    std::uint64_t seq{0};

    // base64url without padding of "1|epoch|seq|channel_key"; 1 is the version of this form.
    std::string text() const;
    // Refuses (invalid_cursor) everything that text() does not write.
    static Result<Cursor> parse(std::string_view text);

    bool operator==(const Cursor&) const = default;
};

}  // namespace duel
