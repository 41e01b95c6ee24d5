#pragma once

#include "core/fields.hpp"
#include "core/json_writer.hpp"

#include <type_traits>
#include <vector>

// Writes a struct as JSON by the struct's list of fields: the counterpart of core/field_reader.hpp.
namespace duel {

// How amounts appear: as texts for readers whose numbers are binary floats, or as JSON numbers.
enum class AmountStyle { text, number };

template <AmountStyle style, HasFields T>
void write_fields(JsonWriter& out, const T& object);

template <AmountStyle style, class T>
void write_value(JsonWriter& out, const T& value) {
    if constexpr (std::is_same_v<T, Amount> && style == AmountStyle::text) {
        out.value_text(value);
    } else if constexpr (HasFields<T>) {
        out.begin_object();
        write_fields<style>(out, value);
        out.end_object();
    } else {
        out.value(value);
    }
}

template <AmountStyle style, class T>
void write_value(JsonWriter& out, const std::vector<T>& list) {
    out.begin_array();
    for (const T& element : list)
        write_value<style>(out, element);
    out.end_array();
}

// Without the braces. What is absent, or has the default value of a field that may be, is not
// written.
template <AmountStyle style, HasFields T>
void write_fields(JsonWriter& out, const T& object) {
    const auto write_one =
        [&]<class Object, class Member, class Rule>(const Field<Object, Member, Rule>& field) {
            const Member& value = object.*field.member;
            if (field.presence == Presence::optional && value == Member{}) return;
            out.key(field.name);
            if constexpr (kPresenceOf<Member> == Presence::optional)
                write_value<style>(out, *value);
            else
                write_value<style>(out, value);
        };
    static constexpr auto kFields = T::fields();
    std::apply([&](const auto&... field) { (write_one(field), ...); }, kFields);
}

}  // namespace duel
