#include "tests/fuzz/target.hpp"
#include "wsserver/streams/streams.hpp"

#include <simdjson.h>

// Paths and queries, and what the endpoints read from them.
namespace duel::fuzz {
namespace {

using namespace duel::wsserver;  // NOLINT(google-build-using-namespace)

std::string encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

// The same target with every byte escaped.
std::string text_of(const Target& target) {
    std::string out = "/" + encoded(std::string_view{target.path}.substr(1)) + '?';
    for (const auto& [name, value] : target.query)
        out += encoded(name) + '=' + encoded(value) + '&';
    return out;
}

// What stands behind the first "=" of a part, where it stands nowhere else: neither in the text nor
// in what an excerpt makes of other bytes (blanks, U+FFFD and the three dots).
void check_refusal(std::string_view text, const Error& error) {
    require(simdjson::validate_utf8(error.sentence()), "a sentence is UTF-8");
    const auto mark = text.find('?');
    if (mark == text.npos) return;
    for (auto rest = text.substr(mark + 1); !rest.empty();) {
        const auto part = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        const auto value = part.substr(std::min(part.find('='), part.size() - 1) + 1);
        if (value.size() < 12 || text.find(value) != text.rfind(value)) continue;
        if (value.find_first_of(" \xEF\xE2") != value.npos) continue;
        require(error.value.find(value) == std::string::npos, "a value is not quoted");
    }
}

void check_list(std::string_view text) {
    const auto parts = comma_separated(text);
    std::string joined;
    for (const auto& part : parts)
        joined += part + ',';
    require(comma_separated(joined) == parts, "a list has each part once");
}

void check_opening(const Target& target) {
    const auto found = match(target.path);
    if (!found) return;
    for (const bool is_admin : {false, true}) {
        const Identity identity{"w/1%", "", is_admin};
        const auto opening = found->endpoint->open({found->id, target, identity, 100});
        if (!opening) {
            require(simdjson::validate_utf8(opening.error().sentence()), "a sentence is UTF-8");
            continue;
        }
        require(opening->wishes.size() <= 100, "nobody follows more than is allowed");
        for (const auto& wish : opening->wishes) {
            require_channel(wish.channel);
            require(
                is_admin || wish.channel.wallet.empty() || wish.channel.wallet == identity.wallet,
                "nobody follows the portfolio of another"
            );
        }
    }
}

}  // namespace

void try_input(std::string_view bytes) {
    check_list(bytes);
    auto target = Target::parse(bytes);
    if (!target) return check_refusal(bytes, target.error());
    const auto again = Target::parse(text_of(*target));
    require(
        again && again->path == target->path && again->query == target->query,
        "escapes change nothing"
    );
    check_opening(*target);
    const auto* last = target->last("token");
    const auto wanted = last == nullptr ? std::string{} : *last;
    require(target->take("token") == wanted, "the last token counts");
    require(target->last("token") == nullptr, "a token that was taken is gone");
}

}  // namespace duel::fuzz
