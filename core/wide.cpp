#include "core/wide.hpp"

#include <bit>
#include <cstdint>

namespace duel {
namespace {

constexpr UInt128 kAllOnes = ~UInt128{0};

constexpr std::uint64_t low_limb(UInt128 x) {
    return static_cast<std::uint64_t>(x);
}
constexpr std::uint64_t high_limb(UInt128 x) {
    return static_cast<std::uint64_t>(x >> 64U);
}
constexpr UInt128 limbs(std::uint64_t high, std::uint64_t low) {
    return (UInt128{high} << 64U) | low;
}

struct Division {
    UInt128 quotient;
    UInt128 remainder;
};

struct LimbDivision {
    std::uint64_t quotient;
    std::uint64_t remainder;
};

// (high × 2^64 + low) ÷ d for high < d, so that the quotient fits.
LimbDivision divide_limbs(std::uint64_t high, std::uint64_t low, std::uint64_t d) {
#ifdef __x86_64__
    // One instruction, for which g++ would call a function: it cannot know that the quotient fits.
    LimbDivision result;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    asm("divq %[d]"       // NOLINT(hicpp-no-assembler)
        : "=a"(result.quotient), "=d"(result.remainder)
        : [d] "r"(d), "a"(low), "d"(high)
        : "cc");
    return result;
#else
    const UInt128 n = limbs(high, low);
    const auto quotient = static_cast<std::uint64_t>(n / d);
    return {quotient, low_limb(n - UInt128{quotient} * d)};
#endif
}

// n ÷ d for n.high < d < 2^64.
Division divide_by_limb(UInt256 n, std::uint64_t d) {
    const auto upper = divide_limbs(low_limb(n.high), high_limb(n.low), d);
    const auto lower = divide_limbs(upper.remainder, low_limb(n.low), d);
    return {limbs(upper.quotient, lower.quotient), lower.remainder};
}

// One digit (base 2^64) of the quotient: (high × 2^64 + low) ÷ d for high < d and d ≥ 2^127. Leaves
// the remainder in `high`. Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D with a
// divisor of two digits.
std::uint64_t divide_step(UInt128& high, std::uint64_t low, UInt128 d) {
    const std::uint64_t d1 = high_limb(d);
    const std::uint64_t d0 = low_limb(d);
    // The estimate from the leading digits is never too small and at most 2 too large.
    UInt128 digit = 0;
    UInt128 rest = 0;
    if (high_limb(high) == d1) {
        digit = UINT64_MAX;
        rest = high - UInt128{d1} * UINT64_MAX;
    } else {
        const auto leading = divide_limbs(high_limb(high), low_limb(high), d1);
        digit = leading.quotient;
        rest = leading.remainder;
    }
    while (rest <= UINT64_MAX && digit * d0 > limbs(low_limb(rest), low)) {
        --digit;
        rest += d1;
    }
    // The true remainder is below 2^128, so arithmetic that wraps finds it.
    high = (high << 64U) + low - digit * d;
    return low_limb(digit);
}

// n ÷ d for n.high < d.
Division divide(UInt256 n, UInt128 d) {
    if (high_limb(d) == 0) return divide_by_limb(n, low_limb(d));
    if (n.high == 0) {
        const UInt128 quotient = n.low / d;
        return {quotient, n.low - quotient * d};
    }
    const auto shift = static_cast<unsigned>(std::countl_zero(high_limb(d)));
    d <<= shift;
    UInt128 rest = shift == 0 ? n.high : (n.high << shift) | (n.low >> (128U - shift));
    const UInt128 low = n.low << shift;
    const std::uint64_t quotient_high = divide_step(rest, high_limb(low), d);
    const std::uint64_t quotient_low = divide_step(rest, low_limb(low), d);
    return {limbs(quotient_high, quotient_low), rest >> shift};
}

UInt256 add(UInt256 a, UInt256 b) {
    UInt256 sum{a.high + b.high, a.low + b.low};
    if (sum.low < a.low) ++sum.high;
    return sum;
}

UInt256 negate(UInt256 a) {
    return add({~a.high, ~a.low}, {0, 1});
}

bool is_negative(UInt256 a) {
    return (a.high >> 127U) != 0;
}

}  // namespace

UInt256 multiply_wide(UInt128 a, UInt128 b) {
    const std::uint64_t a0 = low_limb(a), a1 = high_limb(a), b0 = low_limb(b), b1 = high_limb(b);
    const UInt128 lowest = UInt128{a0} * b0;
    if ((a1 | b1) == 0) return {0, lowest};
    const UInt128 cross = UInt128{a1} * b0;
    const UInt128 other_cross = UInt128{a0} * b1;
    // At most 3 × (2^64 − 1): no carry is lost.
    const UInt128 middle = UInt128{high_limb(lowest)} + low_limb(cross) + low_limb(other_cross);
    return {
        UInt128{a1} * b1 + high_limb(cross) + high_limb(other_cross) + high_limb(middle),
        limbs(low_limb(middle), low_limb(lowest))};
}

std::optional<UInt128> divide_rounded(UInt256 n, UInt128 d) {
    if (n.high >= d) return std::nullopt;
    const Division result = divide(n, d);
    const bool up = result.remainder >= d - result.remainder;
    if (up && result.quotient == kAllOnes) return std::nullopt;
    return result.quotient + (up ? 1 : 0);
}

void WideSum::add(Amount amount) {
    add_magnitude({0, magnitude(amount.units())}, amount.sign() < 0);
}

// Positions are valued with it, so all it calls is compiled into it: a twentieth of a ranking.
[[gnu::flatten]] void WideSum::add_product(Amount a, Amount b) {
    constexpr UInt128 kOne = static_cast<UInt128>(Amount::kUnitsPerOne);
    const UInt256 product = multiply_wide(magnitude(a.units()), magnitude(b.units()));
    // The quotient can be wider than 128 bits: long division by one digit, in base 2^128.
    const UInt128 quotient_high = product.high < kOne ? 0 : product.high / kOne;
    const Division lower = divide({product.high - quotient_high * kOne, product.low}, kOne);
    UInt256 rounded{quotient_high, lower.quotient};
    if (lower.remainder >= kOne - lower.remainder) rounded = duel::add(rounded, {0, 1});
    add_magnitude(rounded, a.sign() * b.sign() < 0);
}

void WideSum::add_magnitude(UInt256 value, bool negative) {
    bits_ = duel::add(bits_, negative ? negate(value) : value);
}

std::optional<Amount> WideSum::value() const {
    const bool negative = is_negative(bits_);
    const UInt256 value = negative ? negate(bits_) : bits_;
    if (value.high != 0 || value.low >= static_cast<UInt128>(Amount::kLimit)) return std::nullopt;
    const auto units = static_cast<Int128>(value.low);
    return Amount::from_units(negative ? -units : units);
}

}  // namespace duel
