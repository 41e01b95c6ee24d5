#include "platform/settings/value.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace duel::platform::setting_text {

namespace {

template <class T>
std::optional<T> read_whole(std::string_view text) {
    T value{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

struct Unit {
    std::string_view name;
    std::int64_t size;
};

constexpr std::array kTimes{
    Unit{"d", 86'400'000'000'000},
    Unit{"h", 3'600'000'000'000},
    Unit{"m", 60'000'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"ms", 1'000'000},
    Unit{"us", 1'000},
    Unit{"ns", 1}};

constexpr std::array kSizes{
    Unit{"GB", 1 << 30},
    Unit{"MB", 1 << 20},
    Unit{"kB", 1 << 10},
    Unit{"", 1}};

// A whole number followed by one of the units.
template <std::size_t N>
std::optional<std::int64_t>
read_with_unit(std::string_view text, const std::array<Unit, N>& units) {
    auto digits = text.find_first_not_of("0123456789");
    auto number = read_whole<std::int64_t>(text.substr(0, digits));
    if (!number) return std::nullopt;
    std::string_view name = digits == std::string_view::npos ? "" : text.substr(digits);
    for (const Unit& unit : units) {
        std::int64_t product = 0;
        if (unit.name != name) continue;
        if (__builtin_mul_overflow(*number, unit.size, &product)) return std::nullopt;
        return product;
    }
    return std::nullopt;
}

// In the largest unit that leaves a whole number.
template <std::size_t N>
std::string text_with_unit(std::int64_t value, const std::array<Unit, N>& units) {
    for (const Unit& unit : units) {
        if (value % unit.size != 0 || (value == 0 && unit.name != "s" && !unit.name.empty()))
            continue;
        return std::to_string(value / unit.size) + std::string(unit.name);
    }
    return std::to_string(value);
}

}  // namespace

std::optional<std::int64_t> read_signed(std::string_view text) {
    return read_whole<std::int64_t>(text);
}

std::optional<std::uint64_t> read_unsigned(std::string_view text) {
    return read_whole<std::uint64_t>(text);
}

std::optional<double> read_real(std::string_view text) {
    auto value = read_whole<double>(text);
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<bool> read_switch(std::string_view text) {
    for (std::string_view yes : {"on", "true", "yes", "1"}) {
        if (text == yes) return true;
    }
    for (std::string_view no : {"off", "false", "no", "0"}) {
        if (text == no) return false;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> read_bytes(std::string_view text) {
    auto bytes = read_with_unit(text, kSizes);
    return bytes ? std::optional(static_cast<std::uint64_t>(*bytes)) : std::nullopt;
}

std::optional<std::chrono::nanoseconds> read_duration(std::string_view text) {
    if (text == "0") return std::chrono::nanoseconds(0);
    auto value = read_with_unit(text, kTimes);
    return value ? std::optional(std::chrono::nanoseconds(*value)) : std::nullopt;
}

std::string bytes_text(std::uint64_t bytes) {
    return text_with_unit(static_cast<std::int64_t>(bytes), kSizes);
}

std::string duration_text(std::chrono::nanoseconds duration) {
    return text_with_unit(duration.count(), kTimes);
}

std::string real_text(double value) {
    std::array<char, 32> text{};
    auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end};
}

}  // namespace duel::platform::setting_text
