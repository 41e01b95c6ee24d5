#include "core/amount.hpp"
#include "core/wide.hpp"

#include <array>
#include <cstdint>

// Postgres's numeric_send and numeric_recv (src/backend/utils/adt/numeric.c): five 16-bit words in
// network order, the number of digits, the weight (power of 10,000) of the first, the sign, the
// display scale; then the digits in base 10,000, without zero digits at either end.
namespace duel {
namespace {

constexpr int kIntegerGroups = 5;   // 20 decimal digits
constexpr int kFractionGroups = 5;  // 18, and two zeros
constexpr int kGroups = kIntegerGroups + kFractionGroups;
constexpr std::uint16_t kPositive = 0x0000;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::size_t kHeaderBytes = 8;

void put(std::string& out, std::uint16_t word) {
    out.push_back(static_cast<char>(word >> 8U));
    out.push_back(static_cast<char>(word & 0xFFU));
}

std::uint16_t get(std::string_view bytes, std::size_t offset) {
    const auto high = static_cast<unsigned char>(bytes[offset]);
    const auto low = static_cast<unsigned char>(bytes[offset + 1]);
    return static_cast<std::uint16_t>((high << 8U) | low);
}

Error refused(std::string wanted) {
    return {Code::invalid_field, {}, {}, std::move(wanted)};
}

}  // namespace

void append_numeric_binary(std::string& out, Amount amount) {
    const UInt128 units = magnitude(amount.units());
    UInt128 whole = units / static_cast<UInt128>(Amount::kUnitsPerOne);
    const auto fraction =
        static_cast<std::uint64_t>(units - whole * static_cast<UInt128>(Amount::kUnitsPerOne));

    std::array<std::uint16_t, kGroups> groups{};
    for (std::size_t i = kIntegerGroups; i-- > 0 && whole != 0;) {
        groups[i] = static_cast<std::uint16_t>(whole % 10'000);
        whole /= 10'000;
    }
    std::uint64_t rest = fraction / 100;
    groups[kGroups - 1] = static_cast<std::uint16_t>(fraction % 100 * 100);
    for (std::size_t i = kGroups - 1; i-- > kIntegerGroups;) {
        groups[i] = static_cast<std::uint16_t>(rest % 10'000);
        rest /= 10'000;
    }

    std::size_t first = 0;
    std::size_t last = kGroups;
    while (first < last && groups[first] == 0)
        ++first;
    while (last > first && groups[last - 1] == 0)
        --last;
    const int weight = first == last ? 0 : kIntegerGroups - 1 - static_cast<int>(first);
    put(out, static_cast<std::uint16_t>(last - first));
    put(out, static_cast<std::uint16_t>(weight));
    put(out, amount.sign() < 0 ? kNegative : kPositive);
    put(out, Amount::kPlaces);
    for (std::size_t i = first; i < last; ++i)
        put(out, groups[i]);
}

Result<Amount> from_numeric_binary(std::string_view bytes) {
    if (bytes.size() < kHeaderBytes) return refused("a numeric of at least 8 bytes");
    const std::size_t count = get(bytes, 0);
    const int weight = static_cast<std::int16_t>(get(bytes, 2));
    const std::uint16_t sign = get(bytes, 4);
    if (sign != kPositive && sign != kNegative) return refused("a finite numeric");
    if (bytes.size() != kHeaderBytes + 2 * count)
        return refused("as many digits as the numeric announces");

    UInt128 units = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint16_t digit = get(bytes, kHeaderBytes + 2 * i);
        if (digit >= 10'000) return refused("digits below 10,000");
        if (digit == 0) continue;
        const int power = weight - static_cast<int>(i);
        if (power >= kIntegerGroups) return refused("a number below 10^20");
        const bool beyond_places =
            power < -kFractionGroups || (power == -kFractionGroups && digit % 100 != 0);
        if (beyond_places) return refused("a number with at most 18 decimal places");
        // The last group stands for 10^-20, so its unit is counted in hundreds.
        UInt128 value = power == -kFractionGroups ? UInt128{digit} / 100 : UInt128{digit} * 100;
        for (int p = -kFractionGroups + 1; p < power; ++p)
            value *= 10'000;
        units += value;
    }
    const auto value = static_cast<Int128>(units);
    return Amount::from_units(sign == kNegative ? -value : value);
}

}  // namespace duel
