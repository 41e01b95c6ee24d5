#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>

// The vocabulary in which an event (or a body of the feed) lists its fields. The list is the only
// place that names a field: decoding, encoding and the documentation follow it. See
// core/events/trade.hpp for one.
namespace duel {

// Text of a bounded number of bytes, without NUL and lone surrogates.
struct TextRule {
    std::size_t min_bytes;
    std::size_t max_bytes;
};
inline constexpr TextRule kId{1, 200};     // ids and symbols
inline constexpr TextRule kText{0, 1000};  // names, reasons, messages
inline constexpr TextRule kAnyText{0, SIZE_MAX};

// The sign that an amount may have.
enum class AmountRule { any, not_negative, positive };

// A whole number between the two, both included.
struct WholeRule {
    std::int64_t min;
    std::int64_t max;
};
inline constexpr WholeRule kCount{0, 2'147'483'647};
inline constexpr WholeRule kAnyWhole{INT64_MIN, INT64_MAX};

// For members whose type says it all: times, words of an enum, booleans, lists.
struct NoRule {};

enum class Presence {
    required,
    optional,  // absence and null leave the member as it was initialised
};

template <class Object, class Member, class Rule>
struct Field {
    std::string_view name;
    Member Object::*member;
    Rule rule;
    Presence presence{Presence::required};
};

template <class T>
inline constexpr Presence kPresenceOf = Presence::required;
template <class T>
inline constexpr Presence kPresenceOf<std::optional<T>> = Presence::optional;

// A field that must be there, unless its member is a std::optional.
template <class Object, class Member, class Rule = NoRule>
constexpr Field<Object, Member, Rule>
field(std::string_view name, Member Object::*member, Rule rule = {}) {
    return {name, member, rule, kPresenceOf<Member>};
}

// A field whose absence means the member's default value, and which is not written when it has that
// value.
template <class Object, class Member, class Rule>
constexpr Field<Object, Member, Rule>
defaulted(std::string_view name, Member Object::*member, Rule rule) {
    return {name, member, rule, Presence::optional};
}

// A struct that lists its fields.
template <class T>
concept HasFields = requires {
    T::fields();
};

}  // namespace duel
