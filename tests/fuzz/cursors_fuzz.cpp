#include "core/cursor.hpp"
#include "tests/fuzz/target.hpp"

#include <simdjson.h>

// Cursors, the channels in them, and what is said about bad ones.
namespace duel::fuzz {
namespace {

constexpr std::size_t kMostExcerptBytes = 320;  // 80 characters

void check_text(std::string_view text) {
    const auto cursor = Cursor::parse(text);
    if (cursor) {
        require(cursor->text() == text, "a cursor has one text");
        require(Channel::parse_key(cursor->channel_key).has_value(), "a cursor has a channel");
        return;
    }
    require(cursor.error().code == Code::invalid_cursor, "a bad cursor is called one");
    require(simdjson::validate_utf8(cursor.error().sentence()), "a sentence is UTF-8");
}

// "EPOCH\nKEY", and the seq of the first eight bytes.
void check_made(std::string_view bytes) {
    if (bytes.size() < 8) return;
    std::uint64_t seq = 0;
    for (const char byte : bytes.substr(0, 8))
        seq = seq << 8U | static_cast<unsigned char>(byte);
    const auto rest = bytes.substr(8);
    const auto end = rest.find('\n');
    if (end == rest.npos || end == 0 || end > 100) return;
    const Cursor cursor{std::string{rest.substr(0, end)}, std::string{rest.substr(end + 1)}, seq};
    const bool is_fit = cursor.epoch.find('|') == std::string::npos &&
                        Channel::parse_key(cursor.channel_key).has_value();
    const auto read = Cursor::parse(cursor.text());
    require(read.has_value() == is_fit, "what can be read is what the server gives");
    if (read) require(*read == cursor, "a cursor comes back as it was given");
}

void check_channel(std::string_view name) {
    if (const auto channel = Channel::parse_key(name)) {
        require(channel->key() == name, "a channel has one key");
        const auto named = Channel::parse_wire_name(channel->wire_name(), channel->wallet);
        require(named && *named == *channel, "a channel has one name");
    }
    if (const auto channel = Channel::parse_wire_name(name, "w/1")) {
        require(channel->wire_name() == name, "a channel is called what the client calls it");
        require_channel(*channel);
    }
}

void check_excerpt(std::string_view text) {
    const auto short_text = excerpt(text);
    require(simdjson::validate_utf8(short_text), "an excerpt is UTF-8");
    require(excerpt(short_text) == short_text, "an excerpt of an excerpt is the same");
    require(short_text.size() <= kMostExcerptBytes, "an excerpt is short");
}

}  // namespace

void try_input(std::string_view bytes) {
    check_text(bytes);
    check_made(bytes);
    check_channel(bytes);
    check_excerpt(bytes);
}

}  // namespace duel::fuzz
