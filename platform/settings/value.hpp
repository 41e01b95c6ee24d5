#pragma once

// How the value of a setting is read from text and printed: one specialisation per kind.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace duel::platform {

// Text that is never printed: help and logs say "set" or "not set".
struct Secret {
    std::string value;
};

// A number of bytes, written "64kB", "16MB", "1GB" (powers of 1,024) or as a plain number.
struct ByteSize {
    std::uint64_t bytes = 0;
    friend auto operator<=>(const ByteSize&, const ByteSize&) = default;
};

// The values that are allowed, ends included. Empty ends are open.
template <class T>
struct Range {
    std::optional<T> lowest;
    std::optional<T> highest;
};

template <class Low, class High>
Range<std::common_type_t<Low, High>> between(Low lowest, High highest) {
    return {lowest, highest};
}

template <class T>
Range<T> at_least(T lowest) {
    return {lowest, std::nullopt};
}

template <class To, class From>
Range<To> range_cast(const Range<From>& from) {
    Range<To> to;
    if (from.lowest) to.lowest = static_cast<To>(*from.lowest);
    if (from.highest) to.highest = static_cast<To>(*from.highest);
    return to;
}

// read() gives nothing for a text that is no value of the kind; wanted() says what would be one.
template <class T>
struct SettingValue;

namespace setting_text {
std::optional<std::int64_t> read_signed(std::string_view text);
std::optional<std::uint64_t> read_unsigned(std::string_view text);
std::optional<double> read_real(std::string_view text);
std::optional<bool> read_switch(std::string_view text);
std::optional<std::uint64_t> read_bytes(std::string_view text);
std::optional<std::chrono::nanoseconds> read_duration(std::string_view text);
std::string bytes_text(std::uint64_t bytes);
std::string duration_text(std::chrono::nanoseconds duration);
std::string real_text(double value);
}  // namespace setting_text

template <std::integral T>
requires(!std::same_as<T, bool>) struct SettingValue<T> {
    static std::optional<T> read(std::string_view text) {
        if constexpr (std::is_signed_v<T>) {
            auto value = setting_text::read_signed(text);
            if (!value || !std::in_range<T>(*value)) return std::nullopt;
            return static_cast<T>(*value);
        } else {
            auto value = setting_text::read_unsigned(text);
            if (!value || !std::in_range<T>(*value)) return std::nullopt;
            return static_cast<T>(*value);
        }
    }
    static std::string text(T value) { return std::to_string(value); }
    static std::string wanted() { return "a whole number"; }
    static constexpr std::optional<T> kLowest = std::numeric_limits<T>::min();
    static constexpr std::optional<T> kHighest = std::numeric_limits<T>::max();
};

template <>
struct SettingValue<double> {
    static std::optional<double> read(std::string_view text) {
        return setting_text::read_real(text);
    }
    static std::string text(double value) { return setting_text::real_text(value); }
    static std::string wanted() { return "a number"; }
};

template <>
struct SettingValue<bool> {
    static std::optional<bool> read(std::string_view text) {
        return setting_text::read_switch(text);
    }
    static std::string text(bool value) { return value ? "on" : "off"; }
    static std::string wanted() { return "on or off"; }
};

template <>
struct SettingValue<std::string> {
    static std::optional<std::string> read(std::string_view text) { return std::string(text); }
    static std::string text(const std::string& value) { return value; }
    static std::string wanted() { return "a text"; }
};

template <>
struct SettingValue<Secret> {
    static std::optional<Secret> read(std::string_view text) { return Secret{std::string(text)}; }
    static std::string text(const Secret& secret) {
        return secret.value.empty() ? "not set" : "set";
    }
    static std::string wanted() { return "a text"; }
};

template <>
struct SettingValue<ByteSize> {
    static std::optional<ByteSize> read(std::string_view text) {
        auto bytes = setting_text::read_bytes(text);
        return bytes ? std::optional(ByteSize{*bytes}) : std::nullopt;
    }
    static std::string text(ByteSize size) { return setting_text::bytes_text(size.bytes); }
    static std::string wanted() { return "a size such as 512, 64kB, 16MB or 1GB"; }
};

// Written "250ms", "5s", "2m", "1h" or "7d"; must be a whole number of the variable's unit.
template <class Rep, class Period>
struct SettingValue<std::chrono::duration<Rep, Period>> {
    using Duration = std::chrono::duration<Rep, Period>;

    static std::optional<Duration> read(std::string_view text) {
        auto exact = setting_text::read_duration(text);
        if (!exact) return std::nullopt;
        auto value = std::chrono::duration_cast<Duration>(*exact);
        if (std::chrono::duration_cast<std::chrono::nanoseconds>(value) != *exact) {
            return std::nullopt;
        }
        return value;
    }
    static std::string text(Duration value) {
        return setting_text::duration_text(
            std::chrono::duration_cast<std::chrono::nanoseconds>(value)
        );
    }
    static std::string wanted() { return "a time such as 250ms, 5s, 2m or 1h"; }
};

}  // namespace duel::platform
