#pragma once

#include "core/error.hpp"

#include <compare>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace duel {

__extension__ typedef __int128 Int128;            // NOLINT(modernize-use-using)
__extension__ typedef unsigned __int128 UInt128;  // NOLINT(modernize-use-using)

// A result left the range of Amount. Thrown, because no caller can go on with such a number: the
// event that led to it is refused as a whole.
class AmountOverflow : public std::overflow_error {
public:
    using std::overflow_error::overflow_error;
};

// An exact decimal: money, quantities, prices, percentages.
//
// A signed 128-bit count of 10^-18, below 10^20 in magnitude: what Postgres holds in
// numeric(38,18). Sums and differences are exact. Products and quotients go through 256 bits and
// are rounded once, half away from zero, as Postgres rounds numeric, so that SQL and C++ agree to
// the last digit. Nothing wraps: what leaves the range throws AmountOverflow.
class Amount {
public:
    static constexpr int kPlaces = 18;
    static constexpr Int128 kUnitsPerOne = 1'000'000'000'000'000'000;
    static constexpr Int128 kLimit = kUnitsPerOne * kUnitsPerOne * 100;  // 10^38 units = 10^20

    constexpr Amount() = default;

    // From a count of 10^-18. Throws AmountOverflow beyond the range.
    static constexpr Amount from_units(Int128 units);
    static constexpr Amount from_integer(std::int64_t whole) {
        return Amount{whole * kUnitsPerOne};
    }

    // Reads the grammar of a JSON number ("-12", "0.5", "1e-3"; not "+1", ".5", "01"), exactly.
    // Refuses what has more than 18 places after dropping trailing zeros, and what is 10^20 or
    // more; the error's `wanted` says which, its code is invalid_field, its field is for the caller
    // to fill in.
    static Result<Amount> parse(std::string_view text);

    constexpr Int128 units() const { return units_; }
    constexpr bool is_zero() const { return units_ == 0; }
    constexpr int sign() const { return (units_ > 0) - (units_ < 0); }

    // The shortest exact decimal, never with an exponent: "0", "-12", "0.5".
    std::string text() const;
    void append_to(std::string& out) const;
    // The same into a buffer of at least kMaxText bytes; returns the number of bytes written.
    static constexpr std::size_t kMaxText = 40;
    std::size_t to_chars(char* out) const;

    constexpr Amount operator-() const { return Amount{-units_}; }
    constexpr Amount& operator+=(Amount other);
    constexpr Amount& operator-=(Amount other) { return *this += -other; }
    friend constexpr Amount operator+(Amount a, Amount b) { return a += b; }
    friend constexpr Amount operator-(Amount a, Amount b) { return a -= b; }
    constexpr auto operator<=>(const Amount&) const = default;  // NOLINT(modernize-use-nullptr)

private:
    constexpr explicit Amount(Int128 units) : units_{units} {}

    Int128 units_{0};
};

constexpr Amount abs(Amount a) {
    return a.sign() < 0 ? -a : a;
}

// a × b, a ÷ b and a × b ÷ c, each rounded once to 18 places, half away from zero. Division by zero
// throws too.
Amount multiply(Amount a, Amount b);
Amount divide(Amount a, Amount b);
Amount multiply_divide(Amount a, Amount b, Amount c);

// Postgres's binary form of numeric, without the length word that COPY and parameters put before
// it. Always with 18 places of display scale, as numeric(38,18) stores it.
void append_numeric_binary(std::string& out, Amount amount);
// The same backwards, for any scale that the server sends. NaN, infinities, values beyond the range
// or with more than 18 places, and bytes that are no numeric are refused.
Result<Amount> from_numeric_binary(std::string_view bytes);

// ---- what the compiler wants to see
// ------------------------------------------------------------------------

namespace detail {
[[noreturn]] void throw_amount_overflow(const char* what);
}

constexpr Amount Amount::from_units(Int128 units) {
    if (units >= kLimit || units <= -kLimit)
        detail::throw_amount_overflow("amount of 10^20 or more");
    return Amount{units};
}

constexpr Amount& Amount::operator+=(Amount other) {
    // Two magnitudes below 10^38 sum to less than 2 × 10^38, which a signed 128-bit number does not
    // always hold.
    Int128 sum = 0;
    if (__builtin_add_overflow(units_, other.units_, &sum) || sum >= kLimit || sum <= -kLimit) {
        detail::throw_amount_overflow("sum of 10^20 or more");
    }
    units_ = sum;
    return *this;
}

}  // namespace duel
