#pragma once

// How values look in PostgreSQL's binary formats: one specialisation of WireType per C++ type.
//
// Used by parameters, arrays, COPY and results alike, so a type that is added here works
// everywhere. Pure. Formats: the `send`/`recv` functions of the PostgreSQL 15 source.

#include "core/amount.hpp"
#include "core/time.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace duel::platform {

using Oid = unsigned int;

// A bytea and a jsonb value. They only look at their bytes.
struct Bytes {
    std::string_view data;
};
struct Json {
    std::string_view text;
};

namespace wire {

inline constexpr Oid kBool = 16, kBytea = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
                     kJson = 114, kFloat8 = 701, kVarchar = 1043, kTimestamptz = 1184,
                     kNumeric = 1700, kJsonb = 3802;

// Network byte order.
void append_int16(std::string& out, std::int16_t value);
void append_int32(std::string& out, std::int32_t value);
void append_int64(std::string& out, std::int64_t value);
std::int16_t read_int16(const char* at);
std::int32_t read_int32(const char* at);
std::int64_t read_int64(const char* at);

// Overwrites the four bytes at `position`: a length that is known only afterwards.
void put_int32(std::string& out, std::size_t position, std::int32_t value);

// Microseconds since 2000-01-01 00:00 UTC, as timestamptz counts.
std::int64_t postgres_microseconds(Timestamp time);
Timestamp from_postgres_microseconds(std::int64_t microseconds);

}  // namespace wire

// kOid and kArrayOid, and append(out, value): the value's bytes without a length word.
template <class T>
struct WireType;

template <>
struct WireType<bool> {
    static constexpr Oid kOid = wire::kBool, kArrayOid = 1000;
    static void append(std::string& out, bool value) { out.push_back(value ? '\1' : '\0'); }
};
template <>
struct WireType<std::int16_t> {
    static constexpr Oid kOid = wire::kInt2, kArrayOid = 1005;
    static void append(std::string& out, std::int16_t value) { wire::append_int16(out, value); }
};
template <>
struct WireType<std::int32_t> {
    static constexpr Oid kOid = wire::kInt4, kArrayOid = 1007;
    static void append(std::string& out, std::int32_t value) { wire::append_int32(out, value); }
};
template <>
struct WireType<std::int64_t> {
    static constexpr Oid kOid = wire::kInt8, kArrayOid = 1016;
    static void append(std::string& out, std::int64_t value) { wire::append_int64(out, value); }
};
template <>
struct WireType<double> {
    static constexpr Oid kOid = wire::kFloat8, kArrayOid = 1022;
    static void append(std::string& out, double value);
};
template <>
struct WireType<std::string_view> {
    static constexpr Oid kOid = wire::kText, kArrayOid = 1009;
    static void append(std::string& out, std::string_view value) { out.append(value); }
};
template <>
struct WireType<Bytes> {
    static constexpr Oid kOid = wire::kBytea, kArrayOid = 1001;
    static void append(std::string& out, Bytes value) { out.append(value.data); }
};
template <>
struct WireType<Json> {
    static constexpr Oid kOid = wire::kJsonb, kArrayOid = 3807;
    static void append(std::string& out, Json value) {
        out.push_back('\1');  // the version of jsonb's binary format
        out.append(value.text);
    }
};
template <>
struct WireType<Timestamp> {
    static constexpr Oid kOid = wire::kTimestamptz, kArrayOid = 1185;
    static void append(std::string& out, Timestamp value) {
        wire::append_int64(out, wire::postgres_microseconds(value));
    }
};
template <>
struct WireType<Amount> {
    static constexpr Oid kOid = wire::kNumeric, kArrayOid = 1231;
    static void append(std::string& out, const Amount& value) { append_numeric_binary(out, value); }
};

namespace wire {

template <class T>
struct Canonical {
    using Type = T;
};
template <class T>
requires std::convertible_to<const T&, std::string_view>
struct Canonical<T> {
    using Type = std::string_view;
};
template <class T>
struct Canonical<std::optional<T>> : Canonical<T> {};

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace wire

// The WireType that a C++ type travels as: texts of any kind as string_view, optional<T> as T.
template <class T>
using WireTypeOf = WireType<typename wire::Canonical<std::remove_cvref_t<T>>::Type>;

namespace wire {

// Length word and value; -1 for an absent optional or nullopt.
template <class T>
void append_field(std::string& out, const T& value) {
    if constexpr (std::same_as<T, std::nullopt_t>) {
        append_int32(out, -1);
    } else if constexpr (IsOptional<T>::value) {
        if (value) {
            append_field(out, *value);
        } else {
            append_int32(out, -1);
        }
    } else {
        std::size_t length_at = out.size();
        append_int32(out, 0);
        WireTypeOf<T>::append(out, value);
        put_int32(out, length_at, static_cast<std::int32_t>(out.size() - length_at - 4));
    }
}

// A one-dimensional array with lower bound 1, as unnest() takes it. Elements may be optional.
template <class Range>
void append_array(std::string& out, const Range& values) {
    using Element = std::remove_cvref_t<decltype(*std::begin(values))>;
    auto count = static_cast<std::int32_t>(std::size(values));
    append_int32(out, count > 0 ? 1 : 0);  // dimensions
    append_int32(out, IsOptional<Element>::value ? 1 : 0);
    append_int32(out, static_cast<std::int32_t>(WireTypeOf<Element>::kOid));
    if (count == 0) return;
    append_int32(out, count);
    append_int32(out, 1);  // lower bound
    for (const auto& value : values)
        append_field(out, static_cast<const Element&>(value));
}

}  // namespace wire
}  // namespace duel::platform
