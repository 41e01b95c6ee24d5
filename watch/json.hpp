#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace duel::watch {

// A JSON value whose numbers are the digits that were received.
//
// A client that compares amounts, or shows them, must not send them through a binary float; so a
// number stays text here and is written back as it came. Objects keep the order of their members.
class Json {
public:
    struct Number {
        std::string digits;
        bool operator==(const Number&) const = default;
    };
    using Array = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>;

    // Refuses what is no JSON text, more than 100 levels, and a key twice in one object (keeping
    // either would be a guess).
    static std::optional<Json> parse(std::string_view text);

    Json() = default;  // null
    explicit Json(bool value) : value_(value) {}
    explicit Json(Number value) : value_(std::move(value)) {}
    explicit Json(std::string value) : value_(std::move(value)) {}
    explicit Json(Array value) : value_(std::move(value)) {}
    explicit Json(Object value) : value_(std::move(value)) {}

    // The member of that name, or nullptr where there is none or this is no object.
    const Json* find(std::string_view key) const;
    const Array* array() const { return std::get_if<Array>(&value_); }
    const Object* object() const { return std::get_if<Object>(&value_); }
    Array* array() { return std::get_if<Array>(&value_); }
    Object* object() { return std::get_if<Object>(&value_); }

    bool is_number() const { return std::holds_alternative<Number>(value_); }
    // What a string says or the digits of a number; empty for everything else.
    std::string_view text() const;
    // text() of a member; empty where it is missing.
    std::string_view text(std::string_view key) const;

    // Replaces the member or adds it at the end. Requires an object.
    void set(std::string_view key, Json value);

    void append_to(std::string& out) const;
    std::string dump() const;

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, Number, std::string, Array, Object> value_;
};

}  // namespace duel::watch
