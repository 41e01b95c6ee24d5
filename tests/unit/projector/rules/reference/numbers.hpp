#pragma once

#include "tests/unit/projector/rules/world.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <optional>
#include <string>

// The numbers of the slow reference: whole counts of 10^-18 of any size, so that nothing can
// overflow. And its rows as text, to be compared with the projector's.
namespace duel::projector::reference {

namespace mp = boost::multiprecision;
using Whole = mp::number<mp::cpp_int_backend<>, mp::et_off>;

inline const Whole kOne = mp::pow(Whole{10}, 18);
inline const Whole kLimit = mp::pow(Whole{10}, 38);

inline Whole exact(Amount amount) {
    const bool negative = amount.units() < 0;
    const auto units = static_cast<UInt128>(negative ? -amount.units() : amount.units());
    Whole whole = static_cast<std::uint64_t>(units >> 64U);
    whole = (whole << 64U) + static_cast<std::uint64_t>(units);
    return negative ? -whole : whole;
}

// n ÷ d to the nearest, half away from zero.
inline Whole quotient(const Whole& n, const Whole& d) {
    const Whole nearest = (2 * abs(n) + abs(d)) / (2 * abs(d));
    return (n < 0) == (d < 0) ? nearest : -nearest;
}

inline Whole product(const Whole& a, const Whole& b) {
    return quotient(a * b, kOne);
}

// numeric(38,18) holds it.
inline bool fits(const Whole& value) {
    return abs(value) < kLimit;
}

// Null where it does not fit.
inline std::optional<Whole> derived(const Whole& value) {
    if (!fits(value)) return std::nullopt;
    return value;
}

// (now − then) × 100 ÷ then, in percent; null where there was nothing.
inline std::optional<Whole> percent(const Whole& now, const Whole& then) {
    if (then <= 0) return std::nullopt;
    return derived(quotient((now - then) * 100 * kOne, then));
}

// ---- as text ----------------------------------------------------------------

inline std::string cell(const Whole& value) {
    std::string digits = Whole{abs(value) % kOne}.str();
    digits.insert(0, 18 - digits.size(), '0');
    while (!digits.empty() && digits.back() == '0')
        digits.pop_back();
    const std::string whole = Whole{abs(value) / kOne}.str();
    return (value < 0 ? "-" : "") + whole + (digits.empty() ? "" : '.' + digits);
}

inline std::string cell(const std::optional<Whole>& value) {
    return value ? cell(*value) : "-";
}

template <class T>
std::string cell(const T& value) {
    return show(value);
}

// The values of a row, or of its key.
template <class T, class... More>
std::string cells(const T& first, const More&... more) {
    std::string all = cell(first);
    ((all += ' ' + cell(more)), ...);
    return all;
}

// The rows that were written, by names instead of the projector's numbers, each with the seq of its
// last change.
struct Rows {
    Tables tables;
    std::int64_t seq{0};  // of the record being applied

    void write(const std::string& table, const std::string& key, const std::string& row) {
        tables[table][key] = row + " #" + std::to_string(seq);
    }
};

}  // namespace duel::projector::reference
