#pragma once

#include "core/amount.hpp"

#include <optional>

// 256-bit arithmetic under Amount and the valuation. Magnitudes are unsigned; signs are the
// callers'.
namespace duel {

// A product of two 128-bit magnitudes: high × 2^128 + low.
struct UInt256 {
    UInt128 high{0};
    UInt128 low{0};

    bool operator==(const UInt256&) const = default;
};

UInt256 multiply_wide(UInt128 a, UInt128 b);

// n ÷ d rounded half up (away from zero, on magnitudes). Empty when it does not fit in 128 bits or
// d is 0.
std::optional<UInt128> divide_rounded(UInt256 n, UInt128 d);

constexpr UInt128 magnitude(Int128 value) {
    return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// A sum of amounts and rounded products that may leave the range of Amount on the way.
//
// A signed 256-bit count of 10^-18: holds 10^17 products of the largest amounts, so it never
// overflows in practice or in hostile input (a portfolio has one term a symbol).
class WideSum {
public:
    void add(Amount amount);
    void subtract(Amount amount) { add(-amount); }
    // Plus or minus a × b, rounded to 18 places.
    void add_product(Amount a, Amount b);
    void subtract_product(Amount a, Amount b) { add_product(-a, b); }

    // Empty beyond the range of Amount.
    std::optional<Amount> value() const;

private:
    void add_magnitude(UInt256 value, bool negative);

    UInt256 bits_;  // two's complement
};

}  // namespace duel
