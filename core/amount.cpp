#include "core/amount.hpp"

#include "core/wide.hpp"

#include <array>
#include <cstring>
#include <optional>

namespace duel {
namespace {

constexpr int kIntegerDigits = 20;
constexpr int kDigits = kIntegerDigits + Amount::kPlaces;
constexpr std::int64_t kExponentCap = 1'000'000'000;  // beyond the length of any text

constexpr std::string_view kWantedNumber = "a JSON number, or a text with the grammar of one";
constexpr std::string_view kWantedPlaces = "a number with at most 18 decimal places";
constexpr std::string_view kWantedRange = "a number below 10^20";

Error refused(std::string_view text, std::string_view wanted) {
    return {Code::invalid_field, {}, excerpt(text), std::string{wanted}};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr auto kPowersOfTen = [] {
    std::array<UInt128, kDigits + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i)
        powers[i] = powers[i - 1] * 10;
    return powers;
}();

// The digits of a number as they come: leading zeros do not count, trailing ones wait until a digit
// follows.
class Significand {
public:
    void push(char c) {
        if (c == '0') {
            waiting_zeros_ += count_ > 0 ? 1 : 0;
            return;
        }
        count_ += waiting_zeros_ + 1;
        if (count_ <= kDigits) {
            value_ = value_ * kPowersOfTen[static_cast<std::size_t>(waiting_zeros_) + 1] +
                     static_cast<UInt128>(c - '0');
        }
        waiting_zeros_ = 0;
    }
    UInt128 value() const { return value_; }  // meaningless when count() > kDigits
    std::int64_t count() const { return count_; }
    std::int64_t dropped_zeros() const { return waiting_zeros_; }

private:
    UInt128 value_{0};
    std::int64_t count_{0};
    std::int64_t waiting_zeros_{0};
};

Amount with_sign(std::optional<UInt128> units, bool negative, const char* what) {
    if (!units || *units >= static_cast<UInt128>(Amount::kLimit))
        detail::throw_amount_overflow(what);
    const auto value = static_cast<Int128>(*units);
    return Amount::from_units(negative ? -value : value);
}

char* write_two(char* out, std::uint64_t value) {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
    return out + 2;
}

// Exactly 19 digits, with leading zeros.
void write_nineteen(char* out, std::uint64_t value) {
    for (int i = 17; i >= 1; i -= 2) {
        write_two(out + i, value % 100);
        value /= 100;
    }
    out[0] = static_cast<char>('0' + value);
}

}  // namespace

void detail::throw_amount_overflow(const char* what) {
    throw AmountOverflow{what};
}

Result<Amount> Amount::parse(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    const auto next_is_digit = [&] { return at != end && is_digit(*at); };
    Significand digits;

    const bool negative = at != end && *at == '-';
    if (negative) ++at;
    if (!next_is_digit()) return refused(text, kWantedNumber);
    if (*at == '0')
        ++at;
    else
        for (; next_is_digit(); ++at)
            digits.push(*at);

    std::int64_t places = 0;
    if (at != end && *at == '.') {
        ++at;
        const char* const first = at;
        for (; next_is_digit(); ++at)
            digits.push(*at);
        places = at - first;
        if (places == 0) return refused(text, kWantedNumber);
    }

    std::int64_t exponent = 0;
    if (at != end && (*at == 'e' || *at == 'E')) {
        ++at;
        const bool down = at != end && *at == '-';
        if (at != end && (*at == '-' || *at == '+')) ++at;
        if (!next_is_digit()) return refused(text, kWantedNumber);
        for (; next_is_digit(); ++at) {
            if (exponent < kExponentCap) exponent = exponent * 10 + (*at - '0');
        }
        if (down) exponent = -exponent;
    }
    if (at != end) return refused(text, kWantedNumber);
    if (digits.count() == 0) return Amount{};

    // The number is digits × 10^exponent now, and its last digit is not 0.
    exponent += digits.dropped_zeros() - places;
    if (digits.count() + exponent > kIntegerDigits) return refused(text, kWantedRange);
    if (exponent < -kPlaces) return refused(text, kWantedPlaces);
    const UInt128 units =
        digits.value() * kPowersOfTen[static_cast<std::size_t>(exponent + kPlaces)];
    return Amount{negative ? -static_cast<Int128>(units) : static_cast<Int128>(units)};
}

std::size_t Amount::to_chars(char* out) const {
    constexpr std::uint64_t kTenTo19 = 10'000'000'000'000'000'000U;
    const UInt128 units = magnitude(units_);
    std::array<char, kDigits>
        digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): written whole below
    write_nineteen(digits.data(), static_cast<std::uint64_t>(units / kTenTo19));
    write_nineteen(digits.data() + 19, static_cast<std::uint64_t>(units % kTenTo19));

    char* at = out;
    if (units_ < 0) *at++ = '-';
    int first = 0;
    while (first < kIntegerDigits - 1 && digits[static_cast<std::size_t>(first)] == '0')
        ++first;
    int last = kDigits;
    while (last > kIntegerDigits && digits[static_cast<std::size_t>(last) - 1] == '0')
        --last;
    const auto copy = [&](int from, int to) {
        std::memcpy(at, digits.data() + from, static_cast<std::size_t>(to - from));
        at += to - from;
    };
    copy(first, kIntegerDigits);
    if (last > kIntegerDigits) {
        *at++ = '.';
        copy(kIntegerDigits, last);
    }
    return static_cast<std::size_t>(at - out);
}

void Amount::append_to(std::string& out) const {
    std::array<char, kMaxText> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    out.append(buffer.data(), to_chars(buffer.data()));
}

std::string Amount::text() const {
    std::string out;
    append_to(out);
    return out;
}

Amount multiply(Amount a, Amount b) {
    const UInt256 product = multiply_wide(magnitude(a.units()), magnitude(b.units()));
    const auto units = divide_rounded(product, static_cast<UInt128>(Amount::kUnitsPerOne));
    return with_sign(units, (a.sign() < 0) != (b.sign() < 0), "product of 10^20 or more");
}

Amount divide(Amount a, Amount b) {
    const UInt256 scaled =
        multiply_wide(magnitude(a.units()), static_cast<UInt128>(Amount::kUnitsPerOne));
    return with_sign(
        divide_rounded(scaled, magnitude(b.units())),
        (a.sign() < 0) != (b.sign() < 0),
        b.is_zero() ? "division by zero" : "quotient of 10^20 or more"
    );
}

Amount multiply_divide(Amount a, Amount b, Amount c) {
    const UInt256 product = multiply_wide(magnitude(a.units()), magnitude(b.units()));
    const bool negative = ((a.sign() < 0) != (b.sign() < 0)) != (c.sign() < 0);
    return with_sign(
        divide_rounded(product, magnitude(c.units())),
        negative,
        c.is_zero() ? "division by zero" : "quotient of 10^20 or more"
    );
}

}  // namespace duel
