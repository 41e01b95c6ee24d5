#pragma once

// What `duel-projector dead-letters` does with records that were refused.

#include "platform/postgres.hpp"
#include "platform/shutdown.hpp"
#include "projector/io/dead_letter_settings.hpp"
#include "projector/io/settings.hpp"

#include <optional>
#include <string>

namespace duel::projector {

// A row of duel.dead_letters.
struct StoredLetter {
    RecordPlace place;
    Timestamp logged_at;
    std::string code;
    std::string reason;
    std::optional<std::string> field;
    std::optional<std::string> key;  // as far as it is text
    std::string value;
    std::string shard;
    std::int64_t seq{0};
};

std::optional<StoredLetter> find_letter(platform::Connection& connection, const RecordPlace& place);

// Prints the letters, or sends one again. The exit status: 0 fine, 1 no such letter or a broken
// environment, 3 the record is (or was, again) refused.
int run_dead_letters(
    const CommonSettings& common,
    const DeadLetterSettings& settings,
    const platform::Shutdown& shutdown
);

}  // namespace duel::projector
