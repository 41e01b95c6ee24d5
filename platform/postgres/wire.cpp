#include "platform/postgres/wire.hpp"

#include <bit>
#include <chrono>
#include <cstring>

namespace duel::platform {

namespace {

template <class T>
T swapped(T value) {
    if constexpr (std::endian::native == std::endian::big) return value;
    if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

template <class T>
void append_swapped(std::string& out, T value) {
    T bytes = swapped(value);
    char raw[sizeof(T)];
    std::memcpy(raw, &bytes, sizeof(T));
    out.append(raw, sizeof(T));
}

template <class T>
T read_swapped(const char* at) {
    T bytes;
    std::memcpy(&bytes, at, sizeof(T));
    return swapped(bytes);
}

constexpr Timestamp kPostgresZero =
    std::chrono::sys_days(std::chrono::year(2000) / std::chrono::January / 1);

}  // namespace

namespace wire {

void append_int16(std::string& out, std::int16_t value) {
    append_swapped(out, static_cast<std::uint16_t>(value));
}

void append_int32(std::string& out, std::int32_t value) {
    append_swapped(out, static_cast<std::uint32_t>(value));
}

void append_int64(std::string& out, std::int64_t value) {
    append_swapped(out, static_cast<std::uint64_t>(value));
}

std::int16_t read_int16(const char* at) {
    return static_cast<std::int16_t>(read_swapped<std::uint16_t>(at));
}

std::int32_t read_int32(const char* at) {
    return static_cast<std::int32_t>(read_swapped<std::uint32_t>(at));
}

std::int64_t read_int64(const char* at) {
    return static_cast<std::int64_t>(read_swapped<std::uint64_t>(at));
}

void put_int32(std::string& out, std::size_t position, std::int32_t value) {
    auto bytes = swapped(static_cast<std::uint32_t>(value));
    std::memcpy(out.data() + position, &bytes, sizeof bytes);
}

std::int64_t postgres_microseconds(Timestamp time) {
    return (time - kPostgresZero).count();
}

Timestamp from_postgres_microseconds(std::int64_t microseconds) {
    return kPostgresZero + std::chrono::microseconds(microseconds);
}

}  // namespace wire

void WireType<double>::append(std::string& out, double value) {
    append_swapped(out, std::bit_cast<std::uint64_t>(value));
}

}  // namespace duel::platform
