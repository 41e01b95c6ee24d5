#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// How received values look to a person. For eyes only: comparisons use the digits as received.
namespace duel::watch {

// `1234567.891` with 2 places: `1,234,567.89`, rounded half away from zero. Text that is no amount
// stays as it is.
std::string amount_text(std::string_view digits, unsigned places);

// An amount in as many places as it has: `0.00001234`, `1,234.5`.
std::string exact_text(std::string_view digits);

// `+5.25 %`.
std::string percent_text(std::string_view digits);

// Names are chosen by strangers: control characters, which could drive the terminal, become `?`.
std::string clean(std::string_view text);

// `2025-11-13T19:15:12.648Z` → `19:15:12`; empty where there is no time in it.
std::string clock_text(std::string_view timestamp);

// `3725` → `1:02:05`.
std::string span_text(std::string_view seconds);

enum class Align { left, right };

// Cut (with `…`) or filled to that many characters, counting UTF-8 code points as one each.
std::string fitted(std::string_view text, std::size_t width, Align align);

// A wallet as people know it: the first and last four characters of a long one.
std::string short_wallet(std::string_view wallet);

}  // namespace duel::watch
