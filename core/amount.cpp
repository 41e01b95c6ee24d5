#include "core/amount.hpp"

#include "core/wide.hpp"

#include <array>
#include <charconv>
#include <limits>
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

// What nearly every price and amount looks like: at most 18 digits, no exponent. Empty for
// everything else, which is not to say that it is wrong.
std::optional<Int128> parse_short(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.empty() || text.size() > 19) return std::nullopt;
    const bool leading_zero = text[0] == '0' && text.size() > 1 && text[1] != '.';
    if (leading_zero || text[0] == '.' || text.back() == '.') return std::nullopt;
    std::uint64_t digits = 0;
    std::size_t point = text.size() - 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = static_cast<unsigned>(text[i] - '0');
        if (digit <= 9) {
            digits = digits * 10 + digit;
        } else if (text[i] == '.' && point == text.size() - 1) {
            point = i;
        } else {
            return std::nullopt;
        }
    }
    const std::size_t places = text.size() - 1 - point;
    const auto units =
        static_cast<Int128>(UInt128{digits} * kPowersOfTen[Amount::kPlaces - places]);
    return negative ? -units : units;
}

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

// Exactly `digits` digits (an even number), with leading zeros.
char* write_padded(char* out, std::uint64_t value, int digits) {
    for (int i = digits - 2; i >= 0; i -= 2) {
        write_two(out + i, value % 100);
        value /= 100;
    }
    return out + digits;
}

char* write(char* out, std::uint64_t value) {
    return std::to_chars(out, out + std::numeric_limits<std::uint64_t>::digits10 + 1, value).ptr;
}

}  // namespace

void detail::throw_amount_overflow(const char* what) {
    throw AmountOverflow{what};
}

Result<Amount> Amount::parse(std::string_view text) {
    if (const auto units = parse_short(text)) return Amount{*units};
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
    constexpr std::uint64_t kTenTo10 = 10'000'000'000;
    const UInt128 units = magnitude(units_);
    const UInt128 whole = units / static_cast<UInt128>(kUnitsPerOne);
    const auto fraction =
        static_cast<std::uint64_t>(units - whole * static_cast<UInt128>(kUnitsPerOne));

    char* at = out;
    if (units_ < 0) *at++ = '-';
    if (whole <= UINT64_MAX) {
        at = write(at, static_cast<std::uint64_t>(whole));
    } else {
        at = write(at, static_cast<std::uint64_t>(whole / kTenTo10));
        at = write_padded(at, static_cast<std::uint64_t>(whole % kTenTo10), 10);
    }
    if (fraction != 0) {
        *at++ = '.';
        at = write_padded(at, fraction, kPlaces);
        while (at[-1] == '0')
            --at;
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
