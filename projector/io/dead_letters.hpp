#pragma once

#include "platform/postgres.hpp"
#include "projector/io/arrival.hpp"
#include "projector/io/control.hpp"
#include "projector/rules/shard.hpp"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duel::projector {

// A record that was not applied, with the reason.
struct DeadLetter {
    std::string topic;
    std::int32_t partition{0};
    std::int64_t offset{0};
    std::int64_t seq{0};
    Timestamp logged_at;
    std::string code;
    std::string reason;  // a sentence
    std::string field;   // empty where the whole record is meant
    std::string key;     // as text: bytes that are none become U+FFFD
    std::string_view kafka_key;
    std::string_view value;
};

// Views into the input's record: it must outlive the letter.
DeadLetter dead_letter_of(const Input& input, const Error& error, std::int64_t seq);

void write_dead_letters(
    platform::Connection& connection,
    const ShardId& shard,
    const std::vector<DeadLetter>& letters
);

// Dead letters of which the topic may not have heard. The list owns what the letters look at.
struct UntoldLetters {
    std::list<std::string> values;
    std::vector<DeadLetter> letters;
};
UntoldLetters untold_letters(
    platform::Connection& connection,
    const ShardId& shard,
    const ShardPosition& position
);

}  // namespace duel::projector
