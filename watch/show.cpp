#include "watch/show.hpp"

#include "core/amount.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace duel::watch {
namespace {

bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text)
        count += starts_character(c) ? 1 : 0;
    return count;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (starts_character(text[end]) && count-- == 0) break;
    }
    return text.substr(0, end);
}

std::string grouped(std::string_view digits) {
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    const auto whole = std::min(digits.find('.'), digits.size());
    std::string out = negative ? "-" : "";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) out += ',';
        out += digits[i];
    }
    return out;
}

Amount rounded(Amount amount, unsigned places) {
    Int128 step = 1;
    for (auto i = static_cast<int>(places); i < Amount::kPlaces; ++i)
        step *= 10;
    const Int128 half = amount.sign() < 0 ? -(step / 2) : step / 2;
    const Int128 units = (amount.units() + half) / step * step;
    const bool in_range = units < Amount::kLimit && units > -Amount::kLimit;
    return in_range ? Amount::from_units(units) : amount;
}

}  // namespace

std::string amount_text(std::string_view digits, unsigned places) {
    const auto amount = Amount::parse(digits);
    if (!amount) return clean(digits);
    std::string text = rounded(*amount, places).text();
    if (places > 0) {
        if (text.find('.') == std::string::npos) text += '.';
        const auto have = text.size() - text.find('.') - 1;
        text.append(places > have ? places - have : 0, '0');
    }
    return grouped(text);
}

std::string exact_text(std::string_view digits) {
    const auto amount = Amount::parse(digits);
    return amount ? grouped(amount->text()) : clean(digits);
}

std::string percent_text(std::string_view digits) {
    const auto shown = amount_text(digits, 2);
    return fmt::format("{}{} %", shown.starts_with('-') ? "" : "+", shown);
}

std::string clean(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if (byte == 0xC2U && next >= 0x80U && next < 0xA0U) {  // U+0080 to U+009F
            out += '?';
            ++i;
        } else {
            out += byte < 0x20U || byte == 0x7FU ? '?' : text[i];
        }
    }
    return out;
}

std::string clock_text(std::string_view timestamp) {
    const auto t = timestamp.find('T');
    if (t == std::string_view::npos || timestamp.size() < t + 9) return {};
    return clean(timestamp.substr(t + 1, 8));
}

std::string span_text(std::string_view seconds) {
    unsigned long long left = 0;
    const auto* end = seconds.data() + seconds.size();
    if (std::from_chars(seconds.data(), end, left).ec != std::errc{}) return clean(seconds);
    return fmt::format("{}:{:02}:{:02}", left / 3600, left / 60 % 60, left % 60);
}

std::string fitted(std::string_view text, std::size_t width, Align align) {
    const auto count = characters(text);
    if (count > width) {
        if (width == 0) return {};
        return std::string{first_characters(text, width - 1)} + "…";
    }
    const std::string fill(width - count, ' ');
    return align == Align::left ? std::string{text} + fill : fill + std::string{text};
}

std::string short_wallet(std::string_view wallet) {
    auto shown = clean(wallet);
    if (characters(shown) <= 12) return shown;
    const auto head = first_characters(shown, 4);
    const auto tail_at = first_characters(shown, characters(shown) - 4).size();
    return fmt::format("{}…{}", head, std::string_view{shown}.substr(tail_at));
}

}  // namespace duel::watch
