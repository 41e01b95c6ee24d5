#include "core/amount.hpp"
#include "core/valuation.hpp"
#include "core/wide.hpp"

#include <boost/multiprecision/cpp_int.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <optional>
#include <random>
#include <string>

// Amount against Boost.Multiprecision, an implementation that shares nothing with it.

using namespace duel;  // NOLINT(google-build-using-namespace)
using boost::multiprecision::cpp_int;

namespace {

constexpr int kCases = 250'000;  // of each operation

cpp_int big(UInt128 value) {
    return (cpp_int{static_cast<std::uint64_t>(value >> 64U)} << 64U) +
           static_cast<std::uint64_t>(value);
}
cpp_int big(Amount amount) {
    const cpp_int units = big(magnitude(amount.units()));
    return amount.sign() < 0 ? cpp_int{-units} : units;
}
const cpp_int& one() {
    static const cpp_int value = big(static_cast<UInt128>(Amount::kUnitsPerOne));
    return value;
}
const cpp_int& limit() {
    static const cpp_int value = one() * one() * 100;
    return value;
}

// n ÷ d rounded half away from zero, in units; empty where Amount must throw.
std::optional<cpp_int> quotient(const cpp_int& n, const cpp_int& d) {
    if (d == 0) return std::nullopt;
    const cpp_int twice = 2 * abs(n) + abs(d);
    cpp_int rounded = twice / (2 * abs(d));
    if (rounded >= limit()) return std::nullopt;
    if ((n < 0) != (d < 0)) rounded = -rounded;
    return rounded;
}

// The decimal text of a count of 10^-18, by string surgery.
std::string decimal(const cpp_int& units) {
    std::string digits = cpp_int{abs(units)}.str();
    if (digits.size() < 19) digits.insert(0, 19 - digits.size(), '0');
    std::string text =
        digits.substr(0, digits.size() - 18) + "." + digits.substr(digits.size() - 18);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return (units < 0 ? "-" : "") + text;
}

template <class Operation>
std::optional<cpp_int> outcome(Operation operation) {
    try {
        return big(operation());
    } catch (const AmountOverflow&) {
        return std::nullopt;
    }
}

// Amounts of every magnitude, with many at the edges where carries, ties and limits are.
class Amounts {
public:
    explicit Amounts(std::uint64_t seed) : random_{seed} {}

    Amount next() {
        const UInt128 units = pick() % static_cast<UInt128>(Amount::kLimit);
        const auto value = static_cast<Int128>(units);
        return Amount::from_units(random_() % 2 == 0 ? value : -value);
    }
    std::uint64_t random() { return random_(); }

private:
    UInt128 wide() { return (UInt128{random_()} << 64U) | random_(); }

    UInt128 pick() {
        constexpr UInt128 kOne = static_cast<UInt128>(Amount::kUnitsPerOne);
        const auto nearby = static_cast<UInt128>(random_() % 5) - 2;  // −2 … 2, wrapping
        switch (random_() % 10) {
            case 0:
                return random_() % 4;
            case 1:
                return static_cast<UInt128>(Amount::kLimit) - 1 - random_() % 3;
            case 2:
                return (UInt128{1} << (random_() % 127)) + nearby;  // limb borders
            case 3:
                return power_of_ten(random_() % 38) + nearby;
            case 4:
                return random_() % 1'000'000 * kOne;  // whole numbers
            case 5:
                return random_() % 1'000'000 * (kOne / 2);  // halves: ties
            case 6:
                return (UInt128{random_() % 4 + 1} << 64U) * UINT32_MAX + UINT64_MAX -
                       random_() % 3;
            default:
                return wide() >> (random_() % 128);
        }
    }
    static UInt128 power_of_ten(std::uint64_t exponent) {
        UInt128 power = 1;
        for (; exponent > 0; --exponent)
            power *= 10;
        return power;
    }

    std::mt19937_64 random_;
};

void expect(
    const std::optional<cpp_int>& got,
    const std::optional<cpp_int>& wanted,
    std::array<Amount, 3> operands
) {
    if (got == wanted) return;
    FAIL(
        operands[0].text() << ", " << operands[1].text() << ", " << operands[2].text() << ": got "
                           << (got ? decimal(*got) : "overflow") << ", wanted "
                           << (wanted ? decimal(*wanted) : "overflow")
    );
}

}  // namespace

TEST_CASE("sums agree with arbitrary precision", "[amount][property]") {
    Amounts amounts{1};
    for (int i = 0; i < kCases; ++i) {
        const Amount a = amounts.next(), b = amounts.next();
        const cpp_int sum = big(a) + big(b);
        const auto wanted = abs(sum) < limit() ? std::optional{sum} : std::nullopt;
        expect(outcome([&] { return a + b; }), wanted, {a, b});
    }
}

TEST_CASE("products agree with arbitrary precision", "[amount][property]") {
    Amounts amounts{2};
    for (int i = 0; i < kCases; ++i) {
        const Amount a = amounts.next(), b = amounts.next();
        expect(outcome([&] { return multiply(a, b); }), quotient(big(a) * big(b), one()), {a, b});
    }
}

TEST_CASE("quotients agree with arbitrary precision", "[amount][property]") {
    Amounts amounts{3};
    for (int i = 0; i < kCases; ++i) {
        const Amount a = amounts.next(), b = amounts.next();
        expect(outcome([&] { return divide(a, b); }), quotient(big(a) * one(), big(b)), {a, b});
    }
}

TEST_CASE("products over a divisor agree with arbitrary precision", "[amount][property]") {
    Amounts amounts{4};
    for (int i = 0; i < kCases; ++i) {
        const Amount a = amounts.next(), b = amounts.next(), c = amounts.next();
        expect(
            outcome([&] { return multiply_divide(a, b, c); }),
            quotient(big(a) * big(b), big(c)),
            {a, b, c}
        );
    }
}

TEST_CASE("performance agrees with arbitrary precision", "[valuation][property]") {
    Amounts amounts{7};
    for (int i = 0; i < kCases; ++i) {
        const Amount equity = amounts.next(), put_in = amounts.next();
        const auto got = performance(equity, put_in);
        const auto wanted = quotient((big(equity) - big(put_in)) * 100 * one(), big(put_in));
        expect(
            got ? std::optional{big(*got)} : std::nullopt,
            put_in.sign() > 0 ? wanted : std::nullopt,
            {equity, put_in}
        );
    }
}

TEST_CASE(
    "256-bit products and quotients agree with arbitrary precision on all of 128 bits",
    "[amount][property]"
) {
    Amounts amounts{5};
    const auto limb = [&] {
        const std::uint64_t random = amounts.random();
        return random % 4 == 0   ? UINT64_MAX
               : random % 4 == 1 ? std::uint64_t{1} << 63U
               : random % 4 == 2 ? 0
                                 : amounts.random();
    };
    const auto wide = [&] { return (UInt128{limb()} << 64U) | limb(); };
    for (int i = 0; i < kCases; ++i) {
        const UInt128 a = wide(), b = wide(), d = wide();
        const UInt256 product = multiply_wide(a, b);
        REQUIRE((big(product.high) << 128U) + big(product.low) == big(a) * big(b));
        const UInt256 n{d == 0 ? a : wide() % d, b};
        const auto got = divide_rounded(n, d);
        const cpp_int exact = (big(n.high) << 128U) + big(n.low);
        const cpp_int wanted = d == 0 ? cpp_int{} : cpp_int{(2 * exact + big(d)) / (2 * big(d))};
        const bool fits = d != 0 && wanted < (cpp_int{1} << 128U);
        if (got.has_value() != fits || (fits && big(*got) != wanted))
            FAIL(exact << " / " << big(d));
    }
}

TEST_CASE(
    "text and parsing agree with arbitrary precision, also with zeros and exponents added",
    "[amount][property]"
) {
    Amounts amounts{6};
    for (int i = 0; i < 100'000; ++i) {
        const Amount a = amounts.next();
        std::string text = decimal(big(a));
        if (a.text() != text) FAIL(a.text() << " is not " << text);
        if (amounts.random() % 2 == 0) {
            if (text.find('.') == std::string::npos) text += '.';
            text.append(1 + amounts.random() % 30, '0');
        }
        if (amounts.random() % 2 == 0) text += amounts.random() % 2 == 0 ? "e0" : "E-000";
        const auto parsed = Amount::parse(text);
        if (!parsed || *parsed != a) FAIL("parsing " << text);
    }
}
