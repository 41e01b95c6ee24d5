#pragma once

#include "core/amount.hpp"
#include "core/time.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duel {

// An enum with `std::string_view text(E)` beside it: written as that text.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
    { text(e) } -> std::convertible_to<std::string_view>;
};

// Writes JSON to the end of a string, compact, without intermediate strings.
//
// The caller keeps the order right (a key before each value of an object); commas, quotes and
// escapes are the writer's. Texts must be UTF-8; they go out unchanged but for quotes, backslashes
// and control characters.
class JsonWriter {
public:
    // Appends to `out`, which must outlive the writer and be written to by nobody else meanwhile.
    explicit JsonWriter(std::string& out) : out_{out} {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    // A name of ours: letters that need no escape.
    JsonWriter& key(std::string_view name);
    // A whole JSON value that is already encoded.
    JsonWriter& raw(std::string_view json);

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view{text}); }
    JsonWriter& value(const std::string& text) { return value(std::string_view{text}); }
    JsonWriter& value(Amount amount);  // a JSON number with its exact digits
    JsonWriter& value(Timestamp at);   // ISO-8601
    JsonWriter& value(NamedEnum auto e) { return value(std::string_view{text(e)}); }
    JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
    template <std::integral I>
    requires(!std::same_as<I, bool> && !std::same_as<I, char>) JsonWriter& value(I number) {
        if constexpr (std::signed_integral<I>)
            return integer(static_cast<std::int64_t>(number));
        else
            return integer(static_cast<std::uint64_t>(number));
    }
    // An amount as a JSON string, for readers whose numbers are binary floats.
    JsonWriter& value_text(Amount amount);

    // A key and its value; an empty optional writes neither.
    template <class T>
    JsonWriter& field(std::string_view name, const T& v) {
        key(name);
        return value(v);
    }
    template <class T>
    JsonWriter& field(std::string_view name, const std::optional<T>& v) {
        return v ? field(name, *v) : *this;
    }
    JsonWriter& field_text(std::string_view name, Amount amount) {
        return key(name).value_text(amount);
    }
    JsonWriter& field_text(std::string_view name, const std::optional<Amount>& amount) {
        return amount ? field_text(name, *amount) : *this;
    }
    JsonWriter& field_raw(std::string_view name, std::string_view json) {
        return key(name).raw(json);
    }

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& integer(std::int64_t number);
    JsonWriter& integer(std::uint64_t number);
    // Puts a comma where the text so far ends in a value; another one follows.
    void separate();

    std::string& out_;
    bool after_value_{false};
};

// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

}  // namespace duel
