#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

// The closed sets of words that events and messages use. Enumerators are spelled as in the JSON: a
// new word is one enumerator and one entry of the array beside it.
namespace duel {

enum class Side { buy, sell };
enum class ContestStatus { upcoming, active, completed, cancelled };
enum class ActivityType { join, leave, trade };
enum class VolumeTrend { increasing, decreasing, stable };
enum class Breaker { closed, open, half_open };
enum class ServiceStatus { online, maintenance, offline };

// The words of an enum, in the order of its enumerators.
template <class E>
inline constexpr std::array<std::string_view, 0> kWords{};
template <>
inline constexpr std::array<std::string_view, 2> kWords<Side>{"buy", "sell"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<ContestStatus>{
    "upcoming",
    "active",
    "completed",
    "cancelled"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<ActivityType>{"join", "leave", "trade"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<VolumeTrend>{
    "increasing",
    "decreasing",
    "stable"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<Breaker>{"closed", "open", "half_open"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<ServiceStatus>{
    "online",
    "maintenance",
    "offline"};

template <class E>
concept Word = !kWords<E>.empty();

template <Word E>
constexpr std::string_view text(E word) {
    return kWords<E>[static_cast<std::size_t>(word)];
}

// The enumerator spelled `spelling`; case counts.
template <Word E>
constexpr std::optional<E> from_text(std::string_view spelling) {
    for (std::size_t i = 0; i < kWords<E>.size(); ++i) {
        if (kWords<E>[i] == spelling) return static_cast<E>(i);
    }
    return std::nullopt;
}

}  // namespace duel
