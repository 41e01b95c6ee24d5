#include "core/valuation.hpp"

namespace duel {
namespace {

std::optional<Amount> signed_amount(std::optional<UInt128> units, bool negative) {
    if (!units || *units >= static_cast<UInt128>(Amount::kLimit)) return std::nullopt;
    const auto value = static_cast<Int128>(*units);
    return Amount::from_units(negative ? -value : value);
}

}  // namespace

Equity::Equity(Amount cash) {
    sum_.add(cash);
}

Equity& Equity::add(Amount quantity, Amount mark) {
    sum_.add_product(quantity, mark);
    return *this;
}

Equity& Equity::remove(Amount quantity, Amount mark) {
    sum_.subtract_product(quantity, mark);
    return *this;
}

Equity& Equity::add_cash(Amount cash) {
    sum_.add(cash);
    return *this;
}

std::optional<Amount> Equity::value() const {
    return sum_.value();
}

std::optional<Amount> position_value(Amount quantity, Amount mark) {
    WideSum sum;
    sum.add_product(quantity, mark);
    return sum.value();
}

std::optional<Amount> unrealized_pnl(Amount quantity, Amount cost, Amount mark) {
    WideSum sum;
    sum.add_product(quantity, mark);
    sum.subtract(cost);
    return sum.value();
}

std::optional<Amount> average_price(Amount quantity, Amount cost) {
    const auto units = divide_rounded(
        multiply_wide(magnitude(cost.units()), static_cast<UInt128>(Amount::kUnitsPerOne)),
        magnitude(quantity.units())
    );
    return signed_amount(units, cost.sign() * quantity.sign() < 0);
}

std::optional<Amount> performance(Amount equity, Amount put_in) {
    if (put_in.sign() <= 0) return std::nullopt;
    constexpr auto kOne = static_cast<UInt128>(Amount::kUnitsPerOne);
    // The difference may be wider than an amount, and than a signed 128-bit number, but not than an
    // unsigned one.
    const bool loss = equity < put_in;
    const UInt128 units =
        loss ? static_cast<UInt128>(put_in.units()) - static_cast<UInt128>(equity.units())
             : static_cast<UInt128>(equity.units()) - static_cast<UInt128>(put_in.units());
    const UInt128 divisor = magnitude(put_in.units());
    // Mostly a whole amount was put in: the same quotient of shorter numbers, in half the time.
    const UInt128 whole = divisor / kOne;
    const auto quotient = whole * kOne == divisor
                              ? divide_rounded(multiply_wide(units, 100), whole)
                              : divide_rounded(multiply_wide(units, 100 * kOne), divisor);
    return signed_amount(quotient, loss);
}

}  // namespace duel
