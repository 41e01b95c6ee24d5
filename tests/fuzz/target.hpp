#pragma once

// A fuzz target: bytes of a stranger, and what has to hold whatever they are.
//
// Every NAME_fuzz.cpp defines try_input(). libfuzzer_entry.cpp calls it with inputs that libFuzzer
// invents (run.sh), replay_main.cpp with those of corpus/NAME (./test).

#include "core/channel.hpp"
#include "wsserver/net/strict_json.hpp"
#include "wsserver/streams/subscription.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace duel::fuzz {

// Does with the bytes what the server does. Does not return where a property is broken.
void try_input(std::string_view bytes);

inline void require(bool holds, const char* property) {
    if (holds) return;
    static_cast<void>(std::fprintf(stderr, "broken: %s\n", property));
    std::abort();
}

// Sentences that never quote are made of words alone: a token would bring a dot, a dash or a quote
// into one sooner or later.
inline bool is_words_alone(std::string_view sentence) {
    return std::all_of(sentence.begin(), sentence.end(), [](unsigned char character) {
        return std::isalnum(character) != 0 || character == ' ' || character == ',' ||
               character == '_';
    });
}

// A channel that somebody follows is one that the feed can carry.
inline void require_channel(const Channel& channel) {
    const auto read = Channel::parse_key(channel.key());
    require(read && *read == channel, "the key of a channel says which one it is");
}

// What a message to a client has to be, whatever the client said before.
inline void require_message(std::string_view text) {
    const auto object = wsserver::parse_strictly(text, 32);
    require(object && object->is_object(), "a message to a client is one JSON object");
    require(object->contains("type"), "a message to a client has a type");
}

}  // namespace duel::fuzz
