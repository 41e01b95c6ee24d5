#include "core/cursor.hpp"

#include "core/channel.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace duel {
namespace {

constexpr std::string_view kVersion = "1|";
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kMaxTextBytes = 2'000;  // two ids, escaped, in base64

constexpr auto kValues = [] {
    std::array<int, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int>(i);
    }
    return values;
}();

std::string to_base64url(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() * 4 / 3 + 2);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(c);
        for (count += 8; count >= 6;)
            out += kAlphabet[(bits >> static_cast<unsigned>(count -= 6)) & 63U];
    }
    if (count > 0) out += kAlphabet[(bits << static_cast<unsigned>(6 - count)) & 63U];
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = kValues[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8)
            out += static_cast<char>((bits >> static_cast<unsigned>(count -= 8)) & 0xFFU);
    }
    // One text a cursor: no character that carries nothing, no bits left over.
    const bool leftover = count == 6 || (bits & ((1U << static_cast<unsigned>(count)) - 1)) != 0;
    if (leftover) return std::nullopt;
    return out;
}

std::optional<std::uint64_t> parse_seq(std::string_view text) {
    std::uint64_t seq = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
    const bool canonical = text == "0" || (!text.empty() && text[0] != '0');
    if (error != std::errc{} || end != text.data() + text.size() || !canonical) return std::nullopt;
    return seq;
}

}  // namespace

std::string Cursor::text() const {
    std::string plain{kVersion};
    plain.append(epoch).append("|").append(std::to_string(seq)).append("|").append(channel_key);
    return to_base64url(plain);
}

Result<Cursor> Cursor::parse(std::string_view text) {
    const Error refused{
        Code::invalid_cursor, "cursor", excerpt(text), "a cursor as this server gave it"};
    if (text.size() > kMaxTextBytes) return refused;
    const auto plain = from_base64url(text);
    if (!plain || !plain->starts_with(kVersion)) return refused;
    const std::string_view rest = std::string_view{*plain}.substr(kVersion.size());
    const std::size_t epoch_end = rest.find('|');
    if (epoch_end == 0 || epoch_end == std::string_view::npos) return refused;
    const std::size_t seq_end = rest.find('|', epoch_end + 1);
    if (seq_end == std::string_view::npos) return refused;
    const auto seq = parse_seq(rest.substr(epoch_end + 1, seq_end - epoch_end - 1));
    const std::string_view key = rest.substr(seq_end + 1);
    if (!seq || !Channel::parse_key(key)) return refused;
    return Cursor{std::string{rest.substr(0, epoch_end)}, std::string{key}, *seq};
}

}  // namespace duel
